"""`crosspost translate`, and `check` with what it filled: real processes, a real file, a service on this machine."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fake_services import KEYS, libretranslate
from loopback import Loopback, Request, answer, serving

from crosspost.translate.memory import Memory

MARKER = "Qusayrquux"  # stands in posts: no message may repeat it
ARABIC = "احترقت شاحنات الوقود على الطريق في {place} قرب محطة القطار وهرب السائق من النار"
ENGLISH = "The fuel trucks burned on the road in {place} near the railway station and the driver fled from the fire"
POSTS = [
    {"id": "en", "text": ENGLISH.format(place="Idlib")},
    {"id": "ar", "text": ARABIC.format(place="سرت")},
    {"id": "again", "text": ARABIC.format(place="سرت")},
    {"id": "fr", "text": "Un drone a détruit un char près de la ville de Sirte, dit un habitant"},
]
REPLIES = {ARABIC.format(place="سرت"): ENGLISH.format(place="Sirte")}


def crosspost(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crosspost", *map(str, arguments)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        timeout=60,
    )


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(f"{json.dumps(post)}\n" for post in POSTS), encoding="utf-8")
    return file


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A LibreTranslate that knows the Arabic post alone, and sends back other texts as they are."""
    with serving(libretranslate(lambda text: REPLIES.get(text, text))) as running:
        yield running


def named(server: Loopback) -> str:
    return f"libretranslate={server.url}"


def filled(posts: Path, memory: Path, server: Loopback) -> subprocess.CompletedProcess[str]:
    return crosspost("translate", posts, "--translator", named(server), "--memory", memory)


def _notes(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said on stderr beside the format of the export."""
    return [line for line in done.stderr.splitlines() if ": read as " not in line]


# ------------------------------------------------------------------ filling


def test_a_memory_is_filled_and_says_what_went_where(posts: Path, memory: Path, server: Loopback) -> None:
    done = filled(posts, memory, server)
    assert done.returncode == 0
    assert done.stdout == ""
    said = _notes(done)
    assert "texts of posts leave this machine: they go to 127.0.0.1" in said[0]
    assert "not encrypted" in said[0]
    assert "1 texts translated into" in said[1]
    assert "0 of 2 needed no asking" in said[1]
    assert "1 failed: 127.0.0.1" in said[2]
    assert "the text itself came back" in said[2]


def test_what_is_in_the_memory_is_not_asked_for_again_and_what_failed_is(
    posts: Path, memory: Path, server: Loopback
) -> None:
    filled(posts, memory, server)
    before = len(server.asked)
    filled(posts, memory, server)
    texts = [text for request in server.asked[before:] for text in json.loads(request.body)["q"]]
    assert texts == [POSTS[3]["text"]]


def test_it_is_said_also_quietly_that_texts_leave(posts: Path, memory: Path, server: Loopback) -> None:
    done = crosspost("translate", posts, "--translator", named(server), "--memory", memory, "-q")
    assert len(done.stderr.splitlines()) == 1
    assert "leave this machine" in done.stderr


def test_a_service_that_cannot_be_reached_ends_with_three(posts: Path, memory: Path) -> None:
    done = crosspost("translate", posts, "--translator", "libretranslate=http://127.0.0.1:9", "--memory", memory)
    assert done.returncode == 3
    assert "127.0.0.1:9: no connection" in done.stderr
    assert "the same command goes on from there" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["POSTS", "--translator", "google"], "say with --memory FILE"),
        (["POSTS", "--memory", "m.db"], "say with --translator NAME which service translates"),
        (["--memory", "m.db"], "nothing to do"),
        (
            ["POSTS", "--memory", "m.db", "--translator", "babelfish"],
            "unknown translator 'babelfish': known are gloss, g",
        ),
        (["POSTS", "--memory", "m.db", "--translator", "microsoft"], "set MICROSOFT_API_KEY"),
        (["POSTS", "--memory", "m.db", "--translator", "google", "--pivot", "xx"], "does not translate into 'xx'"),
        (["POSTS", "--memory", "POSTS", "--translator", "google"], "not a database"),
        (["gone.jsonl", "--memory", "m.db", "--translator", "google"], "gone.jsonl"),
        (["--memory", "gone.db", "--export", "-"], "no translation memory there"),
        (["--memory", "m.db", "--import", "gone.jsonl"], "gone.jsonl"),
    ],
)
def test_what_cannot_be_is_said_in_a_line_and_ends_with_two(
    posts: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    given = [str(posts) if name == "POSTS" else name for name in arguments]
    given = [str(tmp_path / name) if name.endswith((".db", "gone.jsonl")) else name for name in given]
    done = crosspost("translate", *given, MICROSOFT_API_KEY="")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_memory_goes_out_and_comes_in_as_lines(posts: Path, memory: Path, server: Loopback, tmp_path: Path) -> None:
    filled(posts, memory, server)
    shown = crosspost("translate", "--memory", memory, "--export", "-")
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    assert {row["quality"] for row in rows} == {"mt_online", "failed"}
    crosspost("translate", "--memory", memory, "--export", tmp_path / "m.jsonl")
    other = tmp_path / "other.db"
    done = crosspost("translate", "--memory", other, "--import", tmp_path / "m.jsonl", "--export", "-")
    assert done.stdout == shown.stdout
    assert "2 rows of" in done.stderr


# ------------------------------------------------------------------ checking


def checked(*arguments: object) -> dict[str, Any]:
    done = crosspost("check", *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("with_name", [True, False])
def test_a_check_on_a_filled_memory_asks_nobody_and_gives_the_same_bytes(
    memory: Path, server: Loopback, tmp_path: Path, *, with_name: bool
) -> None:
    posts = tmp_path / "known.jsonl"
    posts.write_text("".join(f"{json.dumps(post)}\n" for post in POSTS[:3]), encoding="utf-8")
    filled(posts, memory, server)
    before = len(server.asked)
    name = ["--translator", named(server)] if with_name else []
    runs = [crosspost("check", posts, "--memory", memory, *name, "--format", "json") for _ in range(2)]
    assert len(server.asked) == before
    assert runs[0].stdout == runs[1].stdout
    assert _notes(runs[0]) == []
    provenance = json.loads(runs[0].stdout)["provenance"]
    engine = f"libretranslate {server.url.removeprefix('http://')} 1"
    assert provenance["pivots"] == {f"{engine} (mt_online)": 2, "none (original)": 1}
    assert provenance["translator"] == (engine if with_name else "memory 1")
    assert provenance["fallbacks"] == 0


def test_a_report_counts_what_fell_back_to_the_gloss(posts: Path, memory: Path, server: Loopback) -> None:
    filled(posts, memory, server)
    report = checked(posts, "--memory", memory)
    assert report["provenance"]["fallbacks"] == 1
    assert report["provenance"]["pivots"]["gloss 1 (gloss)"] == 1
    assert report["options"]["memory"] == memory.name
    shown = crosspost("check", posts, "--memory", memory)
    assert "1 posts were aligned through a word-by-word gloss, not a translation: memory 1 had none." in shown.stdout
    noted = crosspost("check", posts, "--memory", memory, "--format", "json")
    assert _notes(noted) == ["crosspost: memory 1 had no translation of 1 posts: glossed"]


def test_a_post_that_fell_back_says_why(posts: Path, memory: Path, server: Loopback) -> None:
    done = crosspost("annotate", posts, "--translator", named(server), "--memory", memory)
    pivots = {row["id"]: row["pivot"] for row in map(json.loads, done.stdout.splitlines())}
    assert (pivots["ar"]["engine"], pivots["ar"]["quality"]) == (f"libretranslate 127.0.0.1:{server.port}", "mt_online")
    assert (pivots["fr"]["engine"], pivots["fr"]["quality"]) == ("gloss", "gloss")
    assert pivots["fr"]["warnings"] == [f"127.0.0.1:{server.port}: the text itself came back"]
    assert (pivots["en"]["engine"], pivots["en"]["quality"]) == ("none", "original")


def test_a_check_keeps_what_it_paid_for(posts: Path, memory: Path, server: Loopback) -> None:
    checked(posts, "--translator", named(server), "--memory", memory)
    assert len(Memory(memory)) == 1


def test_a_check_without_its_service_goes_on_with_the_gloss(posts: Path) -> None:
    report = checked(posts, "--translator", "libretranslate=http://127.0.0.1:9")
    assert report["provenance"]["fallbacks"] == 3


def test_a_check_may_be_made_in_french(tmp_path: Path, memory: Path) -> None:
    french = "Des camions de carburant ont brûlé sur la route à {place}, près de la gare, et le chauffeur a fui le feu"
    posts = tmp_path / "posts.jsonl"
    rows = [{"id": "fr", "text": french.format(place="Idlib")}, {"id": "ar", "text": ARABIC.format(place="سرت")}]
    posts.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    with serving(libretranslate(lambda _: french.format(place="Syrte"))) as server:
        name = ["--translator", named(server), "--memory", memory, "--pivot", "fr"]
        report = checked(posts, *name)
    assert json.loads(server.asked[0].body)["target"] == "fr"
    assert [finding["posts"] for finding in report["findings"]] == [["ar", "fr"]]
    assert report["posts"]["ar"]["pivot"]["text"] == french.format(place="Syrte")


def test_a_piece_that_fell_back_makes_the_whole_mixed_post_a_gloss(tmp_path: Path, memory: Path) -> None:
    arabic, french = ARABIC.format(place="سرت"), "Le pont de la ville est fermé ce matin à cause de la pluie"
    posts = tmp_path / "posts.jsonl"
    posts.write_text(json.dumps({"id": "mixed", "text": f"{arabic}.\n{french}"}), encoding="utf-8")
    replied = ENGLISH.format(place="Sirte")
    with serving(libretranslate(lambda text: replied if text.startswith(arabic) else text)) as server:
        done = crosspost("annotate", posts, "--translator", named(server), "--memory", memory)
    pivot = json.loads(done.stdout)["pivot"]
    assert pivot["engine"] == f"libretranslate 127.0.0.1:{server.port} + gloss"
    assert pivot["quality"] == "gloss"
    assert pivot["text"].startswith(replied)


# ------------------------------------------------------------------ nothing leaks, nothing is lost


def failing(request: Request) -> Iterator[bytes]:
    """Another fault each time, with all that was sent in it."""
    sent = request.body + request.target.encode()
    faults = [(400, {}), (403, {}), (302, {"Location": "http://elsewhere.invalid/" + MARKER}), (200, {}), (404, {})]
    status, headers = faults[len(sent) % len(faults)]
    return answer(sent, status, **headers)


@pytest.mark.parametrize("command", ["translate", "check", "annotate"])
def test_neither_key_nor_post_is_in_what_a_failed_run_says(tmp_path: Path, command: str) -> None:
    posts = tmp_path / "posts.jsonl"
    rows = [{"id": f"p{n}", "text": ARABIC.format(place=MARKER) + " نار" * n} for n in range(12)]
    posts.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    with serving(failing) as server:
        debugging = (
            "import logging; logging.basicConfig(level=0); from crosspost.cli import main; raise SystemExit(main())"
        )
        name = ["--translator", named(server), "--memory", str(tmp_path / "m.db")]
        done = subprocess.run(
            [sys.executable, "-c", debugging, command, str(posts), *name],
            check=False,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **KEYS},
            timeout=60,
        )
    assert server.asked
    assert "Traceback" not in done.stderr
    assert MARKER not in done.stderr
    for key in KEYS.values():
        assert key not in done.stderr + done.stdout
    shown = done.stdout if command != "annotate" else _warnings(done.stdout)  # a pivot holds the words of its post
    assert MARKER not in shown


def _warnings(annotations: str) -> str:
    return json.dumps([json.loads(line)["pivot"]["warnings"] for line in annotations.splitlines()])


def test_a_run_that_is_killed_again_and_again_loses_nothing_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(5)  # noqa: S311  # repeatable, not secret
    posts, memory = tmp_path / "posts.jsonl", tmp_path / "memory.db"
    rows = [{"id": str(n), "text": f"شارع رقم X{n} في المدينة"} for n in range(240)]
    posts.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    seen: Counter[str] = Counter()

    def play(request: Request) -> Iterator[bytes]:
        seen.update(json.loads(request.body)["q"])
        time.sleep(0.02)
        return libretranslate(lambda text: f"street number {text.split()[2]} in the city")(request)

    with serving(play) as server:
        command = [sys.executable, "-m", "crosspost", "translate", str(posts), "--memory", str(memory)]
        acknowledged: Counter[str] = Counter()
        for _ in range(4):
            asked = len(server.asked)
            running = subprocess.Popen([*command, "--translator", named(server)], stderr=subprocess.DEVNULL)
            while len(server.asked) < asked + chance.randint(1, 3) and running.poll() is None:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.02))
            running.send_signal(signal.SIGKILL)
            running.wait()
            assert all(seen[text] == times for text, times in acknowledged.items())
            acknowledged = Counter({text: seen[text] for text in _kept(memory)})
        assert crosspost(*command[3:], "--translator", named(server)).returncode == 0
    assert all(seen[text] == times for text, times in acknowledged.items())
    assert _kept(memory) == {row["text"] for row in rows}


def _kept(memory: Path) -> set[str]:
    if not memory.exists():
        return set()
    opened = Memory(memory, create=True)
    texts = {row["text"] for row in map(json.loads, opened.export()) if row["quality"] != "failed"}
    opened.close()
    return texts


def test_an_interrupted_run_says_what_is_kept(tmp_path: Path, memory: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    rows = [{"id": str(n), "text": f"شارع رقم X{n} في المدينة"} for n in range(200)]
    posts.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    calls = count()

    def play(request: Request) -> Iterator[bytes]:
        time.sleep(0.05 if next(calls) < 4 else 30)
        return libretranslate(lambda text: f"street number {text.split()[2]} in the city")(request)

    with serving(play) as server:
        name = ["--translator", named(server), "--memory", str(memory)]
        running = subprocess.Popen(
            [sys.executable, "-m", "crosspost", "translate", str(posts), *name],
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        while len(server.asked) < 5:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=15)
    assert running.returncode == 130
    assert "the same command goes on from there" in said
    assert len(Memory(memory)) >= 32
