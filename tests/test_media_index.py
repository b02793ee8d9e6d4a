"""The index of hashes finds what comparing all with all finds, and so do the media that it leads to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.media.index import HashIndex, distances, near_pairs
from crosspost.media.matches import match, matches
from crosspost.media.shapes import Fingerprint, Frames, Hashes, Match


def made(count: int, seed: int = 0) -> Hashes:
    return np.random.default_rng(seed).integers(0, 2**64, (count, 4), dtype=np.uint64)


def flipped(hashes: Hashes, bits: Sequence[int]) -> Hashes:
    """Return the hashes with bits[i] bits of hash i turned over, which ones by chance but the same each time."""
    chance, changed = np.random.default_rng(1), hashes.copy()
    for row, many in zip(changed, bits, strict=True):
        for bit in chance.choice(256, many, replace=False):
            row[bit // 64] ^= np.uint64(1) << np.uint64(bit % 64)
    return changed


def picture(hash_: Hashes, quality: int = 100, name: str | None = None, **variants: Hashes) -> Fingerprint:
    def frames(of: Hashes) -> Frames:
        return Frames(np.zeros(1), of.reshape(1, 4), np.full(1, quality, np.uint8))

    return Fingerprint(name, "image", frames(hash_), {how: frames(of) for how, of in variants.items()})


# ------------------------------------------------------------------ the index


@settings(deadline=None, max_examples=60)
@given(
    bits=st.lists(st.integers(0, 256), min_size=1, max_size=40),
    within=st.integers(0, 60),
    seed=st.integers(0, 9),
    tables=st.booleans(),
)
def test_the_index_finds_every_near_pair_and_no_other(bits: list[int], within: int, seed: int, tables: bool) -> None:  # noqa: FBT001
    hashes = np.concatenate([made(300, seed), made(3, seed)])  # some are there twice
    queries = flipped(hashes[: len(bits)], bits)
    index = HashIndex(hashes)
    index._worth_tables = lambda within: tables  # type: ignore[method-assign]  # noqa: ARG005, SLF001
    near = index.near(queries, within)
    apart = distances(queries[:, None], hashes[None])
    expected = np.argwhere(apart <= within)
    assert near.queries.tolist() == expected[:, 0].tolist()
    assert near.places.tolist() == expected[:, 1].tolist()
    assert near.distances.tolist() == apart[apart <= within].tolist()


@pytest.mark.parametrize("many", [0, 1, 5_000])
def test_all_pairs_are_found_once_whatever_their_number(many: int) -> None:
    hashes = made(many)
    twins = flipped(hashes, [i % 40 for i in range(many)])
    near = near_pairs(np.concatenate([hashes, twins]), 31)
    assert set(zip(near.queries, near.places, near.distances, strict=True)) == {
        (i, i + many, i % 40) for i in range(many) if i % 40 <= 31
    }


def test_a_crowd_of_equal_hashes_is_compared_a_part_at_a_time() -> None:
    near = near_pairs(np.repeat(made(1), 1_500, axis=0), 0)
    assert len(near.queries) == 1_500 * 1_499 // 2


# ------------------------------------------------------------------ pictures by their hashes


@pytest.mark.parametrize(("bits", "expected"), [(0, Match(0, "full")), (56, Match(56, "full")), (57, None)])
def test_pictures_match_up_to_what_editing_leaves(bits: int, expected: Match | None) -> None:
    hash_ = made(1)
    assert match(picture(hash_), picture(flipped(hash_, [bits]))) == expected


def test_a_flat_picture_matches_nothing_even_itself() -> None:
    hash_ = made(1)
    assert match(picture(hash_, quality=49), picture(hash_)) is None
    assert match(picture(hash_), picture(hash_, quality=49)) is None


def test_the_state_in_which_two_pictures_meet_is_named() -> None:
    upright, mirrored = made(2)
    assert match(picture(upright, mirrored=mirrored), picture(mirrored)) == Match(0, "mirrored")


def test_mirrored_is_not_compared_with_mirrored() -> None:
    one, other, mirrored = made(3)
    assert match(picture(one, mirrored=mirrored), picture(other, mirrored=mirrored)) is None


# ------------------------------------------------------------------ many media


def crowd() -> list[Fingerprint]:
    hashes = made(30)
    twins = flipped(hashes, [2 * i for i in range(30)])
    both = enumerate(np.concatenate([hashes, twins]))
    return [picture(hash_, name=f"{number:064x}", mirrored=~hash_) for number, hash_ in both]


def test_among_many_the_pairs_that_match_are_found() -> None:
    assert matches(crowd()) == {(i, i + 30): Match(2 * i, "full") for i in range(29)}


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(60)))
def test_the_order_of_media_changes_nothing(order: list[int]) -> None:
    media = crowd()
    found = matches([media[place] for place in order])
    assert {tuple(sorted((order[a], order[b]))): met for (a, b), met in found.items()} == matches(media)


def test_each_of_many_copies_is_paired_with_its_nearest_alone() -> None:
    chance = np.random.default_rng(3)
    copies = flipped(np.repeat(made(1), 400, axis=0), chance.integers(0, 10, 400).tolist())
    found = matches([picture(hash_, name=f"{place:064x}") for place, hash_ in enumerate(copies)])
    assert 400 * 25 <= len(found) <= 400 * 50
    groups = {place: place for place in range(400)}
    for a, b in found:
        joined, left = groups[a], groups[b]
        groups = {place: joined if group == left else group for place, group in groups.items()}
    assert len(set(groups.values())) == 1, "all copies hang together"
