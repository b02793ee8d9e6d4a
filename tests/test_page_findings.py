"""What the page makes of a finding: columns, copies, caps, claims, timeline, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from example_report import (
    ARABIC,
    IDLIB,
    LIBYA,
    SYRIA,
    annotation,
    claim,
    example,
    example_posts,
    of_annotations,
    of_many,
)

from crosspost.models import Conflict, PlaceClaim, Post, Report
from crosspost.report.html.finding import FindingView, finding_view
from crosspost.report.html.missing import missing
from crosspost.report.html.posts import LONGEST
from crosspost.report.html.timeline import timeline
from crosspost.report.html.wording import bar, later, letter, rows


def only_finding(report: Report) -> FindingView:
    return finding_view(report, report.findings[0], "f1")


def labels(view: FindingView) -> list[list[str]]:
    return [[post.label for post in column.posts] for column in view.columns]


# ------------------------------------------------------------------ posts in columns


def test_posts_are_labelled_by_their_place_and_those_without_one_come_last() -> None:
    view = only_finding(example())
    assert labels(view) == [["A1"], ["B1"], ["x1"]]
    assert [column.posts[0].annotation.id for column in view.columns] == ["en-1", "ar-1", "fr-1"]


def test_a_post_that_claims_two_places_stands_under_the_first_and_is_referred_to_under_the_other() -> None:
    finding = example().findings[0]
    both = replace(finding, claims=(*finding.claims, PlaceClaim(SYRIA, ("en-1",), None)))
    view = only_finding(replace(example(), findings=(both,)))
    assert labels(view) == [["A1"], ["B1"], [], ["x1"]]
    assert view.columns[0].posts[0].also == ("C",)
    assert view.columns[2].elsewhere == ("<a href=#f1A1>A1</a>",)


def test_posts_of_the_same_words_are_one_with_the_earliest_in_front() -> None:
    post = example_posts()["en-1"]
    later_copy = post.post.model_copy(update={"id": "en-0", "created_at": None})
    posts = [example_posts()["ar-1"], replace(post, post=later_copy), post]
    view = only_finding(of_annotations(posts))
    assert labels(view) == [["A1"], ["B1"]]
    assert view.columns[0].posts[0].annotation.id == "en-1"
    assert [copy.id for copy in view.columns[0].posts[0].copies] == ["en-0"]
    assert view.refs["en-0"] == view.refs["en-1"]


def test_words_are_marked_in_the_post_that_stands_for_its_copies() -> None:
    post = example_posts()["en-1"]
    copy = replace(post, post=post.post.model_copy(update={"id": "en-9"}))
    link = replace(example().findings[0].links[1], a="en-9")
    finding = replace(example().findings[0], posts=("ar-1", "en-1", "en-9", "fr-1"), links=(link,), disputes=())
    claims = (replace(finding.claims[0], posts=("en-1", "en-9")), finding.claims[1])
    report = example()
    report = replace(
        report, findings=(replace(finding, claims=claims),), posts={**report.posts, "en-1": post, "en-9": copy}
    )
    assert "data-w=" in only_finding(report).columns[0].posts[0].text


def test_of_many_posts_the_earliest_are_shown_and_the_others_counted() -> None:
    view = only_finding(of_many(400))
    assert [len(column.posts) for column in view.columns] == [40, 40]
    assert [column.omitted for column in view.columns] == [160, 160]
    assert view.columns[0].posts[0].annotation.id == "p-0000"
    assert view.refs["p-0399"] == "<bdi>p-0399</bdi>"


def test_the_posts_of_the_strongest_conflict_are_shown_whenever_they_were_published() -> None:
    report = of_many(400)
    last = Conflict("p-0398", "p-0399", (IDLIB, LIBYA), "other-country", 0.9)
    finding = replace(report.findings[0], conflicts=(last, *report.findings[0].conflicts))
    view = only_finding(replace(report, findings=(finding,)))
    shown = {post.annotation.id for column in view.columns for post in column.posts}
    assert {"p-0398", "p-0399"} <= shown


def test_nothing_is_left_out_without_being_counted() -> None:
    report = of_many(400)
    view = only_finding(report)
    posts = sum(1 + len(post.copies) + post.unnamed for column in view.columns for post in column.posts)
    assert posts + sum(column.omitted for column in view.columns) == 400
    links = view.links
    assert len(links.told) + len(links.brief) + links.omitted == len(report.findings[0].links)


def test_a_text_longer_than_any_platform_allows_is_cut_and_the_rest_counted() -> None:
    report = example()
    long = annotation(Post(id="en-1", text="x" * (LONGEST + 5)), "en")
    view = only_finding(replace(report, posts={**report.posts, "en-1": long}))
    post = view.columns[0].posts[0]
    assert (len(post.text.striptags()), post.cut) == (LONGEST, 5)


# ------------------------------------------------------------------ links and conflicts


def test_the_link_between_two_places_is_told_in_sentences() -> None:
    view = only_finding(example())
    told = [(link.a, link.b) for link in view.links.told]
    assert told == [("en-1", "ar-1"), ("en-1", "fr-1")]
    assert view.links.brief == ()


def test_evidence_is_told_from_the_strongest_for_a_link_to_the_strongest_against_it() -> None:
    told = only_finding(example()).links.told
    assert [evidence.kind for evidence in told[0].evidence] == ["words", "time", "coverage", "prior"]


def test_conflicts_are_gathered_by_their_places_in_the_order_of_the_columns() -> None:
    (conflict,) = only_finding(of_many(8)).conflicts
    assert conflict.places == (IDLIB, LIBYA)
    assert (len(conflict.pairs), conflict.more) == (6, 10)


def test_a_distance_is_told_of_places_that_have_one() -> None:
    finding = example().findings[0]
    town = replace(IDLIB, id="t", name="Derna", lat=32.8, lon=22.6)
    far = replace(finding, conflicts=(replace(finding.conflicts[0], places=(IDLIB, town)),))
    assert only_finding(replace(example(), findings=(far,))).conflicts[0].apart == pytest.approx(1320, abs=30)
    assert only_finding(example()).conflicts[0].apart is None  # Libya is a country


# ------------------------------------------------------------------ claims and times


def test_a_claim_says_who_named_the_place_first_how_much_later_and_in_which_words() -> None:
    idlib, libya = only_finding(example()).claims
    assert (idlib.first.id, idlib.later, libya.first.id, libya.later) == ("en-1", "", "ar-1", "1 h 25 min later")
    assert libya.words == ('“<bdi lang="ar">في ليبيا</bdi>”',)


def test_what_is_implied_is_quoted_as_implied() -> None:
    report = example()
    post = report.posts["en-1"]
    implied = replace(post, claims=(claim(post.post.text, "the Syrian regime's", IDLIB, kind="implied"),))
    view = only_finding(replace(report, posts={**report.posts, "en-1": implied}))
    assert view.claims[0].words == ("implied by its words “<bdi>the Syrian regime&#x27;s</bdi>”",)


def test_a_timeline_puts_the_first_and_last_post_at_its_ends() -> None:
    posts = example_posts()
    line = timeline([[posts["en-1"]], [posts["ar-1"]]])
    assert line is not None
    assert line.lanes == ("<circle cx=0% />", "<circle cx=100% />")
    assert line.end - line.start == timedelta(minutes=85)


def test_thousands_of_posts_are_at_most_some_hundred_dots() -> None:
    report = of_many(600)
    line = timeline([[*report.posts.values()]])
    assert line is not None
    assert line.lanes[0].count("<circle") == 201


def test_a_single_moment_has_no_timeline() -> None:
    assert timeline([[example_posts()["en-1"]], [example_posts()["fr-1"]]]) is None


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=20), "within a minute"),
        (timedelta(minutes=59), "59 min later"),
        (timedelta(hours=2), "2 h later"),
        (timedelta(hours=2, minutes=23), "2 h 23 min later"),
        (timedelta(days=9, hours=3), "9 days later"),
    ],
)
def test_a_gap_is_told_in_words(gap: timedelta, words: str) -> None:
    assert later(gap) == words


def test_columns_go_on_after_z() -> None:
    assert [letter(at) for at in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def test_a_bar_is_cut_at_eight_bits() -> None:
    assert [bar(weight) for weight in (0.2, 3.3, -1.6, 24.0)] == ["p0", "p7", "n3", "p16"]


def test_options_are_flattened_into_names_and_values() -> None:
    assert rows({"a": {"b": [1, 2]}, "c": None, "d": [{"e": True}]}) == [
        ("a › b", "1, 2"),
        ("c", "not set"),
        ("d 1 › e", "yes"),
    ]


# ------------------------------------------------------------------ what is missing


def test_media_that_were_only_named_are_said_to_be_missing() -> None:
    posts = example_posts()
    assert "No media evidence: the files were not given." in missing([posts["en-1"]], (), looked=True)
    assert "No media evidence: the posts came without media." in missing([posts["ar-1"]], (), looked=True)


def test_media_evidence_is_not_said_to_be_missing() -> None:
    link = example().findings[0].links[0]
    media = replace(link, evidence=(replace(link.evidence[0], kind="media"),))
    named = example_posts()["en-1"]
    file = named.post.media[0].model_copy(update={"path": "clip.mp4"})
    given = replace(named, post=named.post.model_copy(update={"media": (file,)}))
    assert [*missing([given], [media], looked=True)] == []
    names_alone = "No pictures were compared, the names of the media alone: the files were not given."
    assert [*missing([named], [media], looked=True)] == [names_alone]


def test_posts_without_a_time_and_glossed_posts_are_counted() -> None:
    posts = example_posts()
    untimed = annotation(Post(id="u", text=ARABIC), "ar", gloss="some words")
    told = [*missing([posts["en-1"], posts["ar-1"], untimed], (), looked=True)]
    assert "No time of 1 post: another may have been first." in told
    assert "No translation of 2 posts: gloss alone." in told
