"""What the posts around a post say about its ambiguous names."""

from __future__ import annotations

from crosspost import Checker, Post
from crosspost.models import LocationClaim
from crosspost.surroundings import inherit

AMBIGUOUS = "Smoke over Tripoli tonight"


def claim_of(post_id: str, *posts: Post) -> LocationClaim:
    (claim,) = next(a.claims for a in inherit(Checker().annotate(posts)) if a.id == post_id)
    return claim


def test_a_thread_decides_between_namesakes() -> None:
    claim = claim_of(
        "1",
        Post(id="1", text=AMBIGUOUS, thread="t"),
        Post(id="2", text="Power cuts across Lebanon", thread="t"),
    )
    assert (claim.place.country, claim.alternatives) == ("LB", ())


def test_what_a_post_quotes_decides_between_namesakes() -> None:
    claim = claim_of("1", Post(id="1", text=AMBIGUOUS, quotes="2"), Post(id="2", text="Clashes in Misrata"))
    assert claim.place.country == "LY"
    assert {place.country for place in claim.candidates} == {"LY"}


def test_an_authors_other_posts_put_a_namesake_first_and_keep_the_others() -> None:
    claim = claim_of(
        "1",
        Post(id="1", text=AMBIGUOUS, author="amal", platform="x"),
        Post(id="2", text="Power cuts across Lebanon", author="amal", platform="x"),
    )
    assert claim.place.country == "LB"
    assert {place.country for place in claim.alternatives} == {"LY"}


def test_an_account_of_the_same_name_elsewhere_says_nothing() -> None:
    alone = claim_of("1", Post(id="1", text=AMBIGUOUS, author="amal", platform="x"))
    beside = claim_of(
        "1",
        Post(id="1", text=AMBIGUOUS, author="amal", platform="x"),
        Post(id="2", text="Power cuts across Lebanon", author="amal", platform="telegram"),
    )
    assert alone == beside
    assert {place.country for place in beside.candidates} == {"LB", "LY"}


def test_a_thread_that_speaks_of_both_countries_decides_nothing() -> None:
    posts = [
        Post(id="1", text=AMBIGUOUS, thread="t"),
        Post(id="2", text="Power cuts across Lebanon", thread="t"),
        Post(id="3", text="Clashes in Misrata", thread="t"),
    ]
    assert {place.country for place in claim_of("1", *posts).candidates} == {"LB", "LY"}
