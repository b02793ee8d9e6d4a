"""The local engine: what workers understand, what lies on the shelf, and that neither changes what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest

import crosspost
from crosspost import Checker, Options, Post, engine
from crosspost import shelf as shelves
from crosspost.engine import LocalEngine, understood
from crosspost.errors import WorkerLost
from crosspost.models import Annotation
from crosspost.report import render
from crosspost.shelf import Shelf, pack

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"
MANY = 2_100  # posts, enough for workers to be started


def many() -> list[Post]:
    """Return the example among posts of an invented word each, in which nothing is alike."""
    others = [
        Post(id=f"other-{number}", text=f"word{number} in the evening, number {number}") for number in range(MANY)
    ]
    return [*crosspost.read(EXAMPLE), *others]


@pytest.fixture
def understood_posts() -> list[Annotation]:
    return Checker().annotate([*crosspost.read(EXAMPLE)])


def filled(annotations: Sequence[Annotation]) -> Shelf:
    shelf = Shelf([annotation.post for annotation in annotations])
    for annotation in annotations:
        shelf.put(pack(annotation))
    return shelf


def test_what_is_put_on_the_shelf_comes_back_as_it_was(understood_posts: list[Annotation]) -> None:
    shelf = filled(understood_posts)
    assert [*shelf.values()] == understood_posts
    assert [shelf[annotation.id] for annotation in reversed(understood_posts)] == understood_posts[::-1]


def test_a_shelf_that_is_fuller_than_memory_gives_back_the_same(
    understood_posts: list[Annotation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "_IN_MEMORY", 1_000)
    monkeypatch.setattr(shelves, "_AT_HAND", 2)
    shelf = filled(understood_posts)
    for _ in range(2):
        assert [*shelf.values()] == understood_posts


def test_a_place_is_kept_once_however_many_posts_name_it(understood_posts: list[Annotation]) -> None:
    copies = [
        replace(one, post=one.post.model_copy(update={"id": f"{one.id}-{n}"}))
        for n in range(3)
        for one in understood_posts
    ]
    shelf = Shelf([one.post for one in copies])
    for one in copies:
        claims, rest = pack(one)
        apart = tuple(replace(claim, place=replace(claim.place)) for claim in claims)
        shelf.put(shelves.Packed(apart, rest))
    places = [place for claims in shelf.claims for claim in claims for place in claim.candidates]
    assert len({id(place) for place in places}) == len(set(places))


def test_pivots_are_counted_on_the_shelf(understood_posts: list[Annotation]) -> None:
    shelf = filled(understood_posts)
    assert sum(shelf.pivots.values()) == len(understood_posts)
    assert any(pivot.endswith("(gloss)") for pivot in shelf.pivots)


def test_workers_change_nothing_but_the_time() -> None:
    here, there = (render(Checker().check(many(), engine=LocalEngine(workers)), "json") for workers in (1, 2))
    assert here == there


def test_a_checker_with_parts_of_its_own_stays_in_this_process(tmp_path: Path) -> None:
    checker = Checker(translator=Checker().translator)
    assert not checker.is_portable
    remembering = Options(memory=str(tmp_path / "memory.db"), translator="libretranslate=http://localhost:1")
    assert not Checker(remembering).is_portable
    assert len(understood(checker, many(), workers=2)) == MANY + 14


def test_a_worker_that_is_ended_from_outside_is_an_error_that_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "_WAITING", 1)  # so that there is work left

    def kill(step: str, done: int, _total: int | None) -> None:
        if step == "annotate" and done == 0:
            for child in active_children():
                child.kill()

    with pytest.raises(WorkerLost, match="enough memory"):
        understood(Checker(), many(), kill, workers=2)
