"""The README is the manual: what it shows is what comes out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from fake_services import libretranslate
from loopback import serving

import crosspost
from crosspost.translate.lexicon import LANGUAGES, lexicon
from crosspost.translate.services import SERVICES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(section: str, language: str) -> str:
    """The first fenced block of a language under a heading."""
    match = re.search(rf"^## {re.escape(section)}$.*?^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert match, f"no {language} block under {section!r}"
    return match.group(1)


def test_the_first_command_prints_what_the_readme_shows() -> None:
    command = block("Try it", "sh").strip().split(" && ")[-1].split()
    assert command[0] == ".venv/bin/crosspost"
    done = subprocess.run(
        [sys.executable, "-m", "crosspost", *command[1:]], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == block("Try it", "text").strip()


def test_the_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    exec(block("Use", "python"), {})  # noqa: S102  # our own README
    assert "look-first" in capsys.readouterr().out
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_every_command_of_the_program_is_listed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crosspost", "--help"], capture_output=True, encoding="utf-8", check=True
    )
    commands = re.findall(r"^    (\w+) +\S", done.stdout, re.MULTILINE)
    assert commands
    for command in commands:
        assert f"crosspost {command} " in block("Use", "text")


def test_every_public_name_can_be_had() -> None:
    for name in crosspost.__all__:
        assert getattr(crosspost, name).__name__ == name


def test_the_numbers_of_headwords_are_those_of_the_lexica() -> None:
    shown = re.search(r"Arabic ([\d,]+) headwords, French ([\d,]+)", README)
    assert shown
    assert [len(lexicon(code)) for code in LANGUAGES] == [int(n.replace(",", "")) for n in shown.groups()]


def test_the_case_of_the_readme_has_the_form_of_a_case() -> None:
    case = json.loads(block("How to add a case", "json"))
    assert set(case) == {"title", "note", "posts", "expect"}


def test_every_field_of_a_post_is_described() -> None:
    for name in crosspost.Post.model_fields:
        assert f"`{name}`" in README


def test_every_translation_service_is_described_with_what_it_needs() -> None:
    for name, facts in SERVICES.items():
        (row,) = [line for line in README.splitlines() if line.startswith(f"| `{name}` ")]
        assert all(f"`{variable}`" in row for variable in [*facts.keys.values(), *facts.optional.values()])


def test_the_commands_of_translation_run(tmp_path: Path) -> None:
    posts = (ROOT / "fixtures/examples/posts.jsonl").read_bytes()
    (tmp_path / "posts.jsonl").write_bytes(posts)
    with serving(libretranslate(lambda _: "A tanker burns near the port")) as server:
        for line in block("Translation", "text").splitlines():
            arguments = line.replace("http://localhost:5000", server.url).split()[1:]
            done = subprocess.run([sys.executable, "-m", "crosspost", *arguments], cwd=tmp_path, check=False)
            assert done.returncode == 0
    assert server.asked
