"""Reports as text: one screen a finding, right-to-left words in their place, nothing that a terminal would obey."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from example_report import annotation, claim, example, of_many, with_text
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import crosspost
from crosspost.models import Evidence, Post, Report
from crosspost.report import render
from crosspost.report.terminal import show

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"
WIDTH, HEIGHT = 80, 24
COLOUR = re.compile(r"\x1b\[[\d;]*m")
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def large() -> Report:
    """A finding with more of everything than a screen holds."""
    report = of_many(60)
    finding = report.findings[0]
    words = "كلمة طويلة جدا " * 30
    evidence = tuple(Evidence("words", 1.0 + n / 10, f"{words} {n}") for n in range(12))
    links = tuple(replace(link, evidence=evidence) for link in finding.links)
    claims = finding.claims * 5
    disputes = example().findings[0].disputes * 3
    posts = {name: replace(a, post=a.post.model_copy(update={"text": words * 20})) for name, a in report.posts.items()}
    changed = replace(
        finding, links=links, claims=claims, disputes=disputes, differences=example().findings[0].differences
    )
    return replace(report, findings=(changed,), posts=posts)


def finding_lines(text: str) -> list[str]:
    return text.split("\n\n", maxsplit=1)[0].splitlines()


def on_terminal(report: Report, width: int = WIDTH) -> str:
    file = io.StringIO()
    show(report, Console(file=file, width=width, force_terminal=True, color_system="standard", highlight=False))
    return file.getvalue()


def test_a_finding_of_much_fits_a_screen() -> None:
    lines = finding_lines(render(large(), "text"))
    assert 15 < len(lines) < HEIGHT
    assert [line for line in lines if cell_len(line.translate(ISOLATES)) > WIDTH] == []


def test_what_is_folded_away_is_counted() -> None:
    text = render(large(), "text")
    assert "and 8 more places" in text
    assert "58 more: " in text
    assert re.search(r"\+\d+\.\d  7 more comparisons", text)


def test_a_narrow_terminal_gets_narrow_lines() -> None:
    lines = COLOUR.sub("", on_terminal(large(), 50)).split("\n\n")[0].splitlines()
    assert [line for line in lines if cell_len(line.translate(ISOLATES)) > 50] == []


def test_a_terminal_gets_colours_and_the_same_words() -> None:
    shown = on_terminal(example())
    assert COLOUR.search(shown)
    plain = [line.rstrip() for line in COLOUR.sub("", shown).splitlines()]
    assert plain == [line.rstrip() for line in render(example(), "text").splitlines()]


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    file = io.StringIO()
    show(example(), Console(file=file, width=WIDTH, force_terminal=True))
    assert "\x1b[3" not in file.getvalue()


def test_the_words_of_a_post_are_isolated_in_their_own_direction() -> None:
    lines = render(crosspost.check(crosspost.read(EXAMPLE)), "text").splitlines()
    arabic = [line for line in lines if "شاحنة وقود" in line]
    assert [(line.strip()[0], line.strip()[-1]) for line in arabic] == [("\u2067", "\u2069")]
    french = next(line for line in lines if "Nuit de feu" in line)
    assert french.strip()[0] == "\u2066"


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_nothing_that_a_terminal_would_obey_gets_through(text: str) -> None:
    report = with_text(text)
    words = annotation(
        Post(id="ar-1", text=text, author=text), "ar", (claim(text, text[:3], example().findings[0].claims[0].place),)
    )
    written = render(replace(report, posts={**report.posts, "ar-1": words}), "text")
    controls = {char for char in written if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"}
    assert controls == set()
    for line in written.splitlines():
        opened = 0
        for char in line:
            opened += (char in "\u2066\u2067\u2068") - (char == "\u2069")
            assert opened in (0, 1)
            assert char not in "\u202a\u202b\u202c\u202d\u202e"
        assert opened == 0
