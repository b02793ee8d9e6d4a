from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import crosspost

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"
MARKER = "Qusayrquux"  # stands in the words of rows that cannot be read: no message may repeat it
PROGRAM = (sys.executable, "-m", "crosspost")

BROKEN = f"""\
{{"id": "a", "text": "A quiet morning at the harbour", "media": [{{"id": "m-1"}}], "desk": {{"no": 4}}}}
{{"id": "b" "text": "{MARKER}"}}
["{MARKER}"]
{{"text": "{MARKER}"}}
{{"id": "c", "text": "", "media": [{{"id": "m-1"}}], "created_at": "{MARKER[:3]} never"}}
{{"id": "d", "text": "one"}}
{{"id": "d", "text": "{MARKER}"}}
{{"id": "d", "text": "one"}}
"""

# What is run once and looked at by many tests; names of files are relative to the folder that all runs share.
RUNS: dict[str, tuple[str, ...]] = {
    "text": ("check", "-", "--exit-code"),
    "problems": ("check", "broken.jsonl", "gone.jsonl", "."),
    "json": ("check", "broken.jsonl", "gone.jsonl", "--format", "json", "--exit-code"),
    "quiet": ("check", "broken.jsonl", "--format", "json", "-q"),
    "html": ("check", "example.jsonl", "-o", "report.html"),
    "format wins": ("check", "example.jsonl", "-o", "report.txt", "--format", "json"),
    "no folder": ("check", "example.jsonl", "-o", "nowhere/report.json"),
    "annotate": ("annotate", "example.jsonl", "--languages", "en, ar,fr"),
    "hard": ("annotate", "hard.jsonl"),
    "explain": ("explain", "example.jsonl", "x-101", "tg-7"),
    "explain unknown": ("explain", "example.jsonl", "x-101", "tg-77"),
    "nothing": ("check", "gone.jsonl", ".", "empty.jsonl", "--exit-code"),
    "pivot": ("check", "example.jsonl", "--pivot", "fr"),
    "translator": ("check", "example.jsonl", "--translator", "nonsense"),
    "detector": ("annotate", "example.jsonl", "--detector", "nonsense"),
    "languages": ("annotate", "example.jsonl", "--languages", "en,xx"),
    "suffix": ("check", "example.jsonl", "-o", "report.pdf"),
    "format": ("check", "example.jsonl", "--format", "pdf"),
    "no file": ("check",),
    "no command": (),
    "help": ("--help",),
    "version": ("--version",),
}


def taken(*files: str) -> str:
    """What is said of files of Post JSONL."""
    return "".join(f"crosspost: {file}: read as Post JSONL\n" for file in files)


Ran = dict[str, "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "example.jsonl").write_bytes(EXAMPLE.read_bytes())
    (folder / "broken.jsonl").write_text(BROKEN, encoding="utf-8")
    (folder / "empty.jsonl").touch()
    hard = [
        b"\xef\xbb\xbf" + json.dumps({"id": 7, "text": "x", "picture": "A" * 10_000_000}).encode(),
        rb'{"id": "half", "text": "\ud83d fire in Idlib"}',
        b'{"id": "byte", "text": "caf\xe9 ' + MARKER.encode() + b'"}',
        b'{"id": "silent", "media": [{"id": "v-1", "type": "video"}]}',
        '{"id": "عربي", "text": "حريق في إدلب"}'.encode(),
    ]
    (folder / "hard.jsonl").write_bytes(b"\n".join(hard))
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> Ran:
    """All of `RUNS`, two at a time; data must be UTF-8 even where Python was told otherwise."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "100"}

    def run(arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        given = EXAMPLE.read_text(encoding="utf-8")
        return subprocess.run(
            [*PROGRAM, *arguments],
            check=False,
            capture_output=True,
            encoding="utf-8",
            input=given,
            cwd=folder,
            env=environment,
            timeout=120,
        )

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(RUNS, pool.map(run, RUNS.values()), strict=True))


@pytest.fixture(scope="module")
def annotated(ran: Ran) -> dict[str, Any]:
    rows = [json.loads(line) for line in ran["annotate"].stdout.splitlines()]
    return {row["id"]: row for row in rows}


# ------------------------------------------------------------------ check


def test_findings_and_exit_code_give_one(ran: Ran) -> None:
    assert ran["text"].returncode == 1


def test_no_findings_and_exit_code_give_zero(ran: Ran) -> None:
    assert ran["json"].returncode == 0


def test_findings_without_exit_code_give_zero(ran: Ran) -> None:
    assert ran["html"].returncode == 0


def test_a_dash_reads_standard_input_and_the_report_goes_to_standard_output(ran: Ran) -> None:
    assert "1 with places that cannot all be true" in ran["text"].stdout
    assert ran["text"].stderr == taken("-")


def test_the_text_report_names_both_places_and_their_posts(ran: Ran) -> None:
    assert "  Idlib (SY)  2026-03-11T20:14:00Z  x-101, x-102\n" in ran["text"].stdout
    assert "  Sirte (LY)  2026-03-11T22:37:00Z  tg-7, x-118\n" in ran["text"].stdout


def test_the_text_report_has_no_escape_codes_where_it_goes_to_a_pipe(ran: Ran) -> None:
    assert "\x1b" not in ran["text"].stdout


def test_the_suffix_of_the_output_picks_the_format(ran: Ran, folder: Path) -> None:
    assert (folder / "report.html").read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert ran["html"].stdout == ""


def test_writing_a_file_is_noted_on_standard_error(ran: Ran) -> None:
    assert ran["html"].stderr == taken("example.jsonl") + "crosspost: 1 findings among 14 posts: report.html\n"


def test_an_explicit_format_wins_over_the_suffix(ran: Ran, folder: Path) -> None:
    assert ran["format wins"].returncode == 0
    assert json.loads((folder / "report.txt").read_text(encoding="utf-8"))["schema"] == "crosspost.report/1"


def test_an_output_that_cannot_be_written_is_named(ran: Ran) -> None:
    assert ran["no folder"].returncode == 2
    told = "crosspost: nowhere/report.json: No such file or directory\n"
    assert ran["no folder"].stderr == taken("example.jsonl") + told


# ------------------------------------------------------------------ what cannot be read


def test_rows_that_cannot_be_read_are_told_on_standard_error_with_file_and_line(ran: Ran) -> None:
    wheres = [line.split(": ")[1] for line in ran["json"].stderr.splitlines()]
    lines = [f"broken.jsonl:{line}" for line in (2, 3, 4, 5, 7)]
    assert wheres == ["broken.jsonl", *lines, "gone.jsonl"]


def test_rows_that_cannot_be_read_are_listed_in_the_json_report(ran: Ran) -> None:
    report = json.loads(ran["json"].stdout)
    assert [problem["line"] for problem in report["problems"]] == [2, 3, 4, 5, 7, None]
    assert [problem.get("kept", False) for problem in report["problems"]] == [False, False, False, True, True, False]
    assert (report["counts"]["posts"], report["counts"]["unreadable"]) == (4, 4)


def test_rows_that_cannot_be_read_are_listed_in_the_text_report_instead_of_standard_error(ran: Ran) -> None:
    told = ran["problems"]
    assert (told.returncode, told.stderr) == (0, taken("broken.jsonl"))
    assert "not read: broken.jsonl:2: not JSON" in told.stdout
    assert "read all the same: broken.jsonl:5: `created_at`" in told.stdout
    assert "not read: gone.jsonl: no such file" in told.stdout
    assert "not read: .: is a folder: name the files in it" in told.stdout


def test_quiet_says_nothing_and_writes_the_same_kind_of_report(ran: Ran) -> None:
    assert (ran["quiet"].returncode, ran["quiet"].stderr) == (0, "")
    assert len(json.loads(ran["quiet"].stdout)["problems"]) == 5


def test_a_field_set_aside_and_unknown_fields_come_out_in_the_json_report(ran: Ran) -> None:
    posts = json.loads(ran["json"].stdout)["posts"]
    assert posts["a"]["desk"] == {"no": 4}
    assert posts["c"]["unread"] == {"created_at": "Qus never"}


def test_a_post_that_is_only_media_is_linked_by_it(ran: Ran) -> None:
    (group,) = json.loads(ran["json"].stdout)["groups"]
    assert group["posts"] == ["a", "c"]


def test_nothing_to_read_gives_two_and_a_sentence_for_each_file(ran: Ran) -> None:
    told = ran["nothing"]
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.splitlines()[1:] == [
        "crosspost: gone.jsonl: no such file",
        ".: is a folder: name the files in it, such as posts.jsonl",
        "empty.jsonl: holds no rows: one post a line was expected",
    ]


@pytest.mark.parametrize("run", ["problems", "json", "hard"])
def test_no_message_repeats_what_a_post_says(ran: Ran, run: str) -> None:
    assert ran[run].stdout
    assert MARKER not in ran[run].stderr + ran[run].stdout


def test_no_run_ends_in_a_traceback(ran: Ran) -> None:
    assert [name for name, done in ran.items() if "Traceback" in done.stderr] == []


# ------------------------------------------------------------------ annotate


def test_annotate_prints_one_object_a_post_in_the_order_of_the_input(ran: Ran, annotated: dict[str, Any]) -> None:
    assert (ran["annotate"].returncode, ran["annotate"].stderr) == (0, taken("example.jsonl"))
    ids = [json.loads(line)["id"] for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
    assert list(annotated) == ids


def test_an_annotation_has_its_fields_and_no_others(annotated: dict[str, Any]) -> None:
    for row in annotated.values():
        assert set(row) == {"id", "language", "pivot", "claims", "figures", "media"}
        assert set(row["language"]) == {"code", "confidence", "mixed"}
        assert {"text", "engine", "quality", "coverage"} <= set(row["pivot"])


def test_an_annotation_tells_language_and_the_quality_of_the_pivot(annotated: dict[str, Any]) -> None:
    told = {i: (annotated[i]["language"]["code"], annotated[i]["pivot"]["quality"]) for i in ("x-101", "x-102", "tg-7")}
    assert told == {"x-101": ("en", "original"), "x-102": ("fr", "gloss"), "tg-7": ("ar", "gloss")}


def test_a_claim_of_an_annotation_has_its_fields(annotated: dict[str, Any]) -> None:
    (claim,) = annotated["tg-7"]["claims"]
    assert set(claim) == {"place", "alternatives", "side", "start", "end", "text", "kind", "strength", "stance"}
    assert {"id", "name", "country", "admin1", "level", "lat", "lon"} <= set(claim["place"])
    assert (claim["place"]["name"], claim["place"]["country"]) == ("Sirte", "LY")
    assert (claim["side"], claim["kind"], claim["stance"], claim["text"]) == ("original", "located", "asserted", "سرت")


def test_offsets_of_claims_are_code_points_of_the_original_text(annotated: dict[str, Any]) -> None:
    texts = {row["id"]: row["text"] for row in map(json.loads, EXAMPLE.read_text(encoding="utf-8").splitlines())}
    claims = [
        (texts[i], claim) for i, row in annotated.items() for claim in row["claims"] if claim["start"] is not None
    ]
    assert claims
    assert [text[claim["start"] : claim["end"]] for text, claim in claims] == [claim["text"] for _, claim in claims]


def test_annotate_takes_what_is_hard_to_read(ran: Ran) -> None:
    rows = {row["id"]: row for row in map(json.loads, ran["hard"].stdout.splitlines())}
    assert list(rows) == ["7", "half", "silent", "عربي"]
    assert [claim["place"]["country"] for claim in rows["half"]["claims"]] == ["SY"]
    assert rows["silent"]["media"] == [{"id": "v-1", "type": "video"}]


def test_annotate_tells_the_byte_that_is_no_utf8(ran: Ran) -> None:
    assert (ran["hard"].returncode, ran["hard"].stderr) == (
        0,
        taken("hard.jsonl").replace("\n", ", UTF-8 with a byte order mark\n")
        + "crosspost: hard.jsonl:3: not UTF-8: byte 0xe9 at column 28\n",
    )


def test_data_is_utf8_whatever_the_locale(ran: Ran) -> None:
    assert "عربي" in ran["hard"].stdout


# ------------------------------------------------------------------ explain


def test_explain_tells_every_comparison_also_those_that_found_nothing(ran: Ran) -> None:
    told = ran["explain"]
    assert (told.returncode, told.stderr) == (0, taken("example.jsonl"))
    assert told.stdout.startswith("x-101 and tg-7: linked, probability ")
    for kind in ("prior", "media", "repost", "quote", "url", "words", "names", "identifiers", "figures"):
        assert f"  {kind}: " in told.stdout
    assert "    0.0  quote: neither quotes the other" in told.stdout


def test_explain_tells_the_places_and_why_they_cannot_both_be_true(ran: Ran) -> None:
    assert (
        ran["explain"].stdout.splitlines()[-1].startswith("places: Idlib and Sirte cannot both be true (other-country")
    )


def test_explain_suggests_the_nearest_id(ran: Ran) -> None:
    told = ran["explain unknown"]
    assert (told.returncode, told.stdout) == (2, "")
    suggested = "crosspost: example.jsonl: no post has the id 'tg-77' (did you mean 'tg-7'?)\n"
    assert told.stderr == taken("example.jsonl") + suggested


# ------------------------------------------------------------------ usage


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        ("pivot", "the gloss goes to English alone, not to 'fr': use --pivot en"),
        ("translator", "unknown translator 'nonsense': known are "),
        ("detector", "unknown detector 'nonsense': known are "),
        ("languages", "unknown language xx: known are "),
        ("suffix", "report.pdf: no report format ends in '.pdf': known are "),
        ("format", "unknown format 'pdf': known are text, json, "),
        ("no file", "the following arguments are required: FILE"),
        ("no command", "the following arguments are required: COMMAND"),
    ],
)
def test_wrong_usage_gives_two_and_says_what_would_have_been_right(ran: Ran, run: str, sentence: str) -> None:
    assert (ran[run].returncode, ran[run].stdout) == (2, "")
    assert sentence in ran[run].stderr


def test_help_names_the_commands_and_the_exit_codes(ran: Ran) -> None:
    assert (ran["help"].returncode, ran["help"].stderr) == (0, "")
    for word in ("check", "annotate", "explain", "exit codes"):
        assert word in ran["help"].stdout


def test_version_is_that_of_the_package(ran: Ran) -> None:
    assert ran["version"].stdout == f"crosspost {crosspost.__version__}\n"


# ------------------------------------------------------------------ pipes and signals


def test_a_closed_pipe_is_silent(folder: Path) -> None:
    with (folder / "long.jsonl").open("w", encoding="utf-8") as long:  # more than a pipe holds
        long.writelines(json.dumps({"id": i, "text": "", "media": [{"id": "x" * 1000}]}) + "\n" for i in range(200))
    with subprocess.Popen(
        [*PROGRAM, "annotate", "long.jsonl"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert json.loads(program.stdout.readline())["id"] == "0"
        program.stdout.close()
        assert program.stderr.read().decode() == taken("long.jsonl")
        assert program.wait(60) == 128 + signal.SIGPIPE


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Programs that are started react to SIGINT, even where the tests were started to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_gives_130_and_one_line() -> None:
    with subprocess.Popen(
        [*PROGRAM, "check", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdin.write(b"\n" * 2_000_000)  # more than a pipe holds: written when the program is reading
        program.stdin.flush()
        time.sleep(0.5)  # until it waits for more
        program.send_signal(signal.SIGINT)
        assert program.wait(60) == 130
        assert program.stdout.read() == b""
        assert program.stderr.read() == b"crosspost: interrupted; nothing was written\n"


def test_a_standard_input_that_is_closed_is_told() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *PROGRAM, "check", "-"],  # noqa: S607  # any shell
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (2, "crosspost: -: standard input is closed\n")


def test_verbose_says_what_was_read_and_how(tmp_path: Path) -> None:
    file = tmp_path / "two.jsonl"
    file.write_text(
        '{"id": "a", "text": "The bridge is closed today"}\n{"id": "b", "text": "الجسر مغلق اليوم"}\n', "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "crosspost", "check", "-v", str(file)], capture_output=True, encoding="utf-8", check=True
    )
    assert "two.jsonl: 2 rows, read as jsonl" in done.stderr
    assert "1 posts in the pivot by: gloss" in done.stderr
