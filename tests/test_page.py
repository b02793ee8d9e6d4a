"""The page as bytes: what it says, what it refers to, and what it keeps out."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from example_report import IDLIB, example, of_many

from crosspost.models import Problem
from crosspost.report.html import render

VOID = frozenset(["br", "circle", "input", "meta", "path", "use"])
# What begins or ends where these are open ends them (https://html.spec.whatwg.org/#optional-tags).
ENDED_BY_START = {
    "li": {"li"},
    "p": {"article", "details", "div", "dl", "form", "h4", "header", "ol", "p", "section", "ul"},
}
ENDED_WITH = {"li": {"ol", "ul"}, "p": {"article", "details", "div", "form", "header", "li", "ol", "section", "ul"}}


class Outline(HTMLParser):
    """The headings in order, the anchors, what is linked to inside the page, and tags that do not match."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.anchors: list[str] = []
        self.targets: set[str] = set()
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.open and tag in ENDED_BY_START.get(self.open[-1], ()):
            self.open.pop()
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag) and "template" not in self.open:
            self.headings.append(int(tag[1]))
        for name, value in attrs:
            if name == "id":
                self.anchors.append(value or "")
            if name == "href" and (value or "").startswith("#"):
                self.targets.add((value or "")[1:])

    def handle_endtag(self, tag: str) -> None:
        while tag in ENDED_WITH.get(self.open[-1], ()):
            self.open.pop()
        if tag not in VOID:
            assert self.open.pop() == tag


# ------------------------------------------------------------------ what it is made of


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(example()) == render(example())


def test_the_page_refers_to_nothing_but_the_addresses_of_posts() -> None:
    page = render(example())
    assert not re.search(r"\bsrc\s*=|@import|url\(", page)
    remote = {href for href in re.findall(r'href="?([^">\s]*)', page) if not href.startswith("#")}
    assert remote == {"https://example.org/field_notes/status/1"}
    assert '<meta name="referrer" content="no-referrer">' in page


def test_the_policy_allows_the_page_its_own_style_sheet_and_script_and_nothing_else() -> None:
    page = render(example())

    def digest(tag: str) -> str:
        text = page.rpartition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    policy = (
        f"default-src 'none'; style-src 'sha256-{digest('style')}'; script-src 'sha256-{digest('script')}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in page
    assert not re.search(r"<[^>]*\sstyle\s*=", page)


def test_every_tag_is_closed_and_every_anchor_stands_once_and_is_there() -> None:
    for report in (example(), of_many(200), replace(example(), findings=(), groups=())):
        outline = Outline(render(report))
        assert outline.open == []
        assert len(outline.anchors) == len(set(outline.anchors))
        assert outline.targets <= set(outline.anchors)


def test_headings_never_skip_a_level() -> None:
    headings = Outline(render(example())).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(headings))


def test_the_coastline_stands_once_and_only_where_there_is_a_map() -> None:
    assert render(replace(example(), findings=example().findings * 3)).count('id="land"') == 1
    assert 'id="land"' not in render(replace(example(), findings=()))


# ------------------------------------------------------------------ what it says


def test_the_words_of_the_page_are_neutral() -> None:
    page = render(example()) + render(replace(example(), findings=()))
    page = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL)
    words = re.sub(r"<[^>]*>", " ", page)
    assert not re.search(r"\b(fake|hoax|lie|lies|alert|violation|true|false|verdict)\b", words, re.IGNORECASE)


def test_a_spelling_that_is_not_listed_says_what_it_was_taken_for() -> None:
    report = example()
    post = report.posts["ar-1"]
    respelled = replace(post.claims[0], respelled="Libya")
    page = render(replace(report, posts={**report.posts, "ar-1": replace(post, claims=(respelled,))}))
    assert '“<bdi lang="ar">في ليبيا</bdi>”, taken for a spelling of <bdi>Libya</bdi>' in page


def test_the_title_of_a_finding_begins_its_first_post() -> None:
    title = render(example()).partition("<summary><h3>")[2].partition("</summary>")[0]
    assert "<bdi>Drone video shows the Syrian regime&#x27;s Pantsir destroyed …</bdi>" in title


def test_an_inherited_claim_says_from_which_post() -> None:
    assert "inherited from post <bdi>en-1</bdi>" in render(example())


def test_a_gloss_says_that_it_is_no_translation_and_how_much_it_knew() -> None:
    assert "gloss, no translation; 82% known" in render(example())


def test_pairs_that_are_not_listed_are_counted() -> None:
    assert "2 more pairs of this group not listed" in render(example())
    finding = replace(example().findings[0], omitted=0)
    assert "not listed" not in render(replace(example(), findings=(finding,)))


def test_times_are_in_utc() -> None:
    assert "<time>2020-03-01 09:40Z</time>" in render(example())


def test_what_could_not_be_read_is_listed_with_file_line_and_reason() -> None:
    row = (
        "<td><bdi>posts.jsonl</bdi></td><td>3</td><td><bdi>not JSON: a comma is missing after &quot;id&quot;</bdi></td>"
    )
    assert row in render(example())


def test_of_very_many_problems_the_rest_is_counted() -> None:
    problems = tuple(Problem("posts.jsonl", line, "no text") for line in range(3_000))
    page = render(replace(example(), problems=problems))
    assert "2,000 more problems in the report as JSON" in page


def test_the_top_says_what_was_read_and_how_it_was_compared() -> None:
    page = render(example())
    assert f'3 rows of <bdi>jsonl</bdi><br><span class="id">sha256 {"ab" * 32}</span>' in page
    assert "2 posts of the groups below were compared through a word-by-word gloss" in page


def test_the_link_between_the_posts_in_conflict_comes_first() -> None:
    page = render(example())
    assert page.index("Posted 1 h 25 min apart.") < page.index("2 rare words correspond.")


def test_a_report_without_findings_says_what_was_compared() -> None:
    page = render(replace(example(), findings=()))
    assert "6 posts read and compared, 2 groups of linked posts found" in page


def test_an_empty_report_is_a_page() -> None:
    empty = replace(example(), findings=(), groups=(), posts={}, counts={}, problems=(), provenance={})
    assert "0 posts read and compared" in render(empty)


def test_findings_after_the_first_few_are_folded() -> None:
    page = render(replace(example(), findings=example().findings * 10))
    assert page.count('<details class=f id="f-4c1d" open>') == 3
    assert page.count('<details class=f id="f-4c1d">') == 7


def test_groups_without_conflict_beyond_some_hundred_are_counted() -> None:
    quiet = example().groups[1]
    groups = tuple(replace(quiet, id=f"g-{number}") for number in range(250))
    page = render(replace(example(), findings=(), groups=groups))
    assert "250 groups of linked posts without such places" in page
    assert "50 more groups in the report as JSON" in page


@pytest.mark.parametrize("count", [60, 2_000])
def test_a_page_does_not_grow_with_the_posts_of_one_finding(count: int) -> None:
    assert len(render(of_many(count))) < 350_000


def test_a_place_without_coordinates_leaves_the_map_out() -> None:
    finding = example().findings[0]
    nowhere = replace(IDLIB, lat=None, lon=None)
    claims = tuple(replace(claim, place=replace(nowhere, id=claim.place.id)) for claim in finding.claims)
    page = render(replace(example(), findings=(replace(finding, claims=claims, conflicts=()),)))
    assert "<svg class=map" not in page
