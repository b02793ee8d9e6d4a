"""Which posts meet: rarity, alignment, evidence, candidates, groups."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost import Checker
from crosspost.align import Alignment, align
from crosspost.candidates import pairs
from crosspost.cluster import groups
from crosspost.compare import linked, probability
from crosspost.data import rows
from crosspost.models import Annotation, Link, Media, Post
from crosspost.rarity import Rarity
from crosspost.translate.lexicon import english_stem

PANTSIR_EN = "The Pantsir S-1, said to be worth in excess of 75 million dollars, sits in the inventory of 12 countries."
PANTSIR_AR = "منظومة بانتسير S-1 بقيمة 75 مليون دولار يستعملها 12 دولة"
ORCHARD_EN = "Night-vision drone footage: a T-72 tank burning at a crossroads, the crew runs toward the olive trees."
ORCHARD_FR = "Drone en vision nocturne : un char T-72 en feu à un carrefour, l'équipage court vers les oliviers."
ORCHARD_AR = "تصوير ليلي من طائرة مسيرة: دبابة T-72 تحترق عند مفترق طرق والطاقم يركض نحو أشجار الزيتون"
FERRY_EN = "The ferry company raised its ticket prices again before the summer holidays, commuters complain."


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker()


@pytest.fixture(scope="module")
def compared(checker: Checker) -> Callable[[str, str], Link]:
    return lambda a, b: checker.compare(Post(id="a", text=a), Post(id="b", text=b))


@pytest.fixture(scope="module")
def aligned(checker: Checker) -> Callable[[str, str], Alignment]:
    def align_texts(a: str, b: str) -> Alignment:
        one, other = checker.annotate([Post(id="a", text=a), Post(id="b", text=b)])
        return align(one.terms, other.terms, Rarity())

    return align_texts


def annotated(checker: Checker, texts: list[str]) -> list[Annotation]:
    return checker.annotate([Post(id=f"p{number:04}", text=text) for number, text in enumerate(texts)])


def weights(link: Link) -> dict[str, float]:
    return {evidence.kind: evidence.weight for evidence in link.evidence}


# ------------------------------------------------------------------ rarity


@pytest.mark.parametrize("word", ["the", "and", "in", "for", "this"])
def test_an_everyday_word_says_nothing(word: str) -> None:
    assert Rarity().bits(english_stem(word)) == 0


@pytest.mark.parametrize("word", ["video", "breaking", "explosion", "watch", "footage", "people"])
def test_a_word_of_every_other_announcement_says_next_to_nothing(word: str) -> None:
    assert Rarity().bits(english_stem(word)) < 1


def test_the_rarer_a_word_the_more_it_says() -> None:
    bits = [Rarity().bits(english_stem(word)) for word in ("people", "school", "bridge", "orchard", "brzyczek")]
    assert bits == sorted(bits)
    assert bits[1] < bits[2] < bits[3]


def test_a_word_of_many_posts_of_the_corpus_says_less(checker: Checker) -> None:
    corpus = annotated(checker, [f"Brzyczek number {number}" for number in range(400)])
    sense = english_stem("brzyczek")
    assert Rarity(corpus).bits(sense) < Rarity().bits(sense) - 3


def test_two_posts_that_share_a_word_do_not_make_it_common(checker: Checker) -> None:
    corpus = annotated(checker, ["A brzyczek burned", "The brzyczek burned"])
    sense = english_stem("brzyczek")
    assert Rarity(corpus).bits(sense) == pytest.approx(Rarity().bits(sense), abs=0.01)


@settings(deadline=None)
@given(st.text())
def test_no_word_says_less_than_nothing(word: str) -> None:
    assert 0 <= Rarity().bits(word) < 20


# ------------------------------------------------------------------ alignment

Aligned = Callable[[str, str], Alignment]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (ORCHARD_EN, ORCHARD_FR),
        (ORCHARD_EN, ORCHARD_AR),
        (ORCHARD_FR, ORCHARD_AR),
        (PANTSIR_EN, PANTSIR_AR),
        (ORCHARD_EN, FERRY_EN),
        (PANTSIR_AR, ORCHARD_AR),
    ],
)
def test_the_pairs_are_the_same_from_both_sides(aligned: Aligned, a: str, b: str) -> None:
    there = {(pair.a.span, pair.b.span, round(pair.bits, 6), pair.how) for pair in aligned(a, b).pairs}
    back = {(pair.b.span, pair.a.span, round(pair.bits, 6), pair.how) for pair in aligned(b, a).pairs}
    assert there == back


def test_each_term_is_used_once(aligned: Aligned) -> None:
    found = aligned(f"{ORCHARD_EN} {ORCHARD_EN}", ORCHARD_FR).pairs
    assert len({id(pair.a) for pair in found}) == len({id(pair.b) for pair in found}) == len(found)


def test_the_most_telling_pair_stands_first(aligned: Aligned) -> None:
    bits = [pair.bits for pair in aligned(ORCHARD_EN, ORCHARD_FR).pairs]
    assert bits == sorted(bits, reverse=True)


def test_the_order_of_the_words_plays_no_part(aligned: Aligned) -> None:
    moved = "the crew runs toward the olive trees, a T-72 tank burning at a crossroads. Night-vision drone footage"
    assert len(aligned(ORCHARD_EN, moved).pairs) == len(aligned(ORCHARD_EN, ORCHARD_EN).pairs)


@pytest.mark.parametrize(
    ("a", "b"), [("Pantsir", "Pantir"), ("Zaporizhzhia", "Zaporizhzhya"), ("Brzyczek", "Brzyczeck")]
)
def test_two_spellings_of_a_rare_name_meet(aligned: Aligned, a: str, b: str) -> None:
    found = aligned(f"the {a} burns", f"a {b} burns").pairs
    assert (a, b) in {(pair.a.surface, pair.b.surface) for pair in found}


def test_a_name_meets_itself_in_another_script(aligned: Aligned) -> None:
    found = {(pair.a.surface, pair.b.surface) for pair in aligned("The Pantsir of Wagner", "بانتسير فاغنر").pairs}
    assert found == {("Pantsir", "بانتسير"), ("Wagner", "فاغنر")}


@pytest.mark.parametrize(("a", "b"), [("soldiers", "fighters"), ("fled", "escaping"), ("rises", "climbed")])
def test_words_that_tell_the_same_thing_meet(aligned: Aligned, a: str, b: str) -> None:
    found = aligned(f"and this is what {a} there", f"it was in that way {b} of them").pairs
    assert [(pair.how, pair.a.surface, pair.b.surface) for pair in found] == [("kin", a, b)]


def test_kin_say_less_than_the_same_word(aligned: Aligned) -> None:
    (kin,), (same,) = aligned("orbit", "satellite").pairs, aligned("orbit", "orbit").pairs
    assert kin.bits < same.bits


@pytest.mark.parametrize(("form", "base"), [("fled", "flee"), ("women", "woman"), ("struck", "strike")])
def test_an_irregular_form_has_the_stem_of_its_base(form: str, base: str) -> None:
    assert english_stem(form) == english_stem(base)


def test_families_of_kin_are_no_parts_of_each_other() -> None:
    families = [{*words.split()} for (words,) in rows("kin.tsv")]
    assert all(len(family) > 1 for family in families)
    within = [family for family in families if sum(family <= other for other in families) > 1]
    assert within == []


def test_one_place_under_two_names_meets_itself(aligned: Aligned) -> None:
    assert len(aligned("The port of Al-Hudaydah", "There is no fish in Hodeidah").pairs) == 1


def test_a_word_that_is_a_name_of_a_place_too_keeps_its_senses(aligned: Aligned) -> None:
    for meaning in ("Ramadi", "grey"):
        assert [pair.b.surface for pair in aligned("الرمادي", meaning).pairs] == [meaning]


def test_everyday_words_are_left_out(aligned: Aligned) -> None:
    assert aligned("for you and it is in this", "this is in it and for you").pairs == ()


def test_what_only_one_post_has_is_kept_apart(aligned: Aligned) -> None:
    found = aligned("The orchard and the zeppelin", "The orchard and the submarine")
    assert [term.surface for term in found.only_a] == ["zeppelin"]
    assert [term.surface for term in found.only_b] == ["submarine"]


# ------------------------------------------------------------------ comparison

Compared = Callable[[str, str], Link]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (ORCHARD_EN, ORCHARD_FR),
        (ORCHARD_EN, ORCHARD_AR),
        (ORCHARD_FR, ORCHARD_AR),
        (PANTSIR_EN, PANTSIR_AR),
        (ORCHARD_EN, ORCHARD_EN),
    ],
)
def test_two_tellings_of_one_video_are_linked(compared: Compared, a: str, b: str) -> None:
    assert linked(compared(a, b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            "BREAKING: Loud explosion heard in Damascus moments ago. Smoke rising, ambulances rushing to the scene.",
            "BREAKING: Loud explosion heard in Khartoum moments ago. Smoke rising, ambulances rushing to the scene.",
        ),
        (
            "Watch: huge fire in Aleppo right now. More details soon.",
            "Watch: huge fire in Tripoli right now. More details soon.",
        ),
        ("🚨 URGENT : forte explosion entendue à Bamako", "🚨 URGENT : forte explosion entendue à Niamey"),
        ("عاجل | سماع دوي انفجار قوي في صنعاء قبل قليل", "عاجل | سماع دوي انفجار قوي في بغداد قبل قليل"),
        ("BREAKING: explosion heard in Damascus", "عاجل | سماع دوي انفجار قوي في بغداد قبل قليل"),
        ("Pray for Beirut", "Pray for Derna"),
        (ORCHARD_EN, FERRY_EN),
        (ORCHARD_EN, PANTSIR_EN),
        ("", ""),
        ("🔥", "🔥"),
    ],
)
def test_stock_phrases_and_other_stories_are_not_linked(compared: Compared, a: str, b: str) -> None:
    assert not linked(compared(a, b))


def test_a_place_that_only_one_names_lends_no_weight_to_a_stock_phrase(compared: Compared) -> None:
    found = compared("BREAKING: explosion heard in Damascus", "BREAKING: explosion heard in Khartoum")
    assert weights(found)["coverage"] < -2


def test_figures_and_identifiers_are_evidence(compared: Compared) -> None:
    found = weights(compared(PANTSIR_EN, PANTSIR_AR))
    assert found["figures"] > 4  # 16 to 1
    assert found["identifiers"] > 0


def test_a_large_figure_says_more_than_a_small_one(compared: Compared) -> None:
    large = weights(compared("worth 75 million dollars", "75 millions de dollars"))["figures"]
    small = weights(compared("12 cars", "12 voitures"))["figures"]
    assert large > small > 0


def test_other_figures_for_one_thing_weigh_against(compared: Compared) -> None:
    assert weights(compared("12 dead in the fire", "15 morts dans l'incendie"))["differing-figures"] < 0


def test_the_weights_add_up_to_the_bits_of_the_link(compared: Compared) -> None:
    link = compared(ORCHARD_EN, ORCHARD_FR)
    assert link.bits == pytest.approx(sum(weights(link).values()))
    assert link.score == probability(link.bits)
    assert weights(link)["prior"] < 0


def test_evidence_points_at_words_of_both_originals(compared: Compared) -> None:
    words = next(evidence for evidence in compared(ORCHARD_EN, ORCHARD_FR).evidence if evidence.kind == "words")
    assert "olive" in {ORCHARD_EN[start:end] for start, end in words.a}
    assert "oliviers" in {ORCHARD_FR[start:end] for start, end in words.b}


def test_the_words_of_both_originals_stand_side_by_side(compared: Compared) -> None:
    one, other = "A white truck burns beside the railway", "Près de la voie ferrée brûle un camion blanc"
    (words,) = [evidence for evidence in compared(one, other).evidence if evidence.kind == "words"]
    side_by_side = {(one[slice(*a)], other[slice(*b)]) for a, b in zip(words.a, words.b, strict=True)}
    assert side_by_side == {("white", "blanc"), ("truck", "camion"), ("burns", "brûle"), ("railway", "voie ferrée")}


@pytest.mark.parametrize(
    ("media", "words"),
    [(Media(id="m1"), "m1"), (Media(sha256="ab" * 32), "abab"), (Media(url="https://x.org/v.mp4"), "v.mp4")],
)
def test_the_same_media_link_whatever_the_words(checker: Checker, media: Media, words: str) -> None:
    link = checker.compare(Post(id="a", text="Old film", media=(media,)), Post(id="b", text="فيلم", media=(media,)))
    assert linked(link)
    assert words in next(evidence.detail for evidence in link.evidence if evidence.kind == "media")


def test_a_repost_is_linked_to_its_original(checker: Checker) -> None:
    assert linked(checker.compare(Post(id="a", text="Look"), Post(id="b", text="انظر", repost_of="a")))


@pytest.mark.parametrize(("a", "b"), list(combinations([ORCHARD_EN, ORCHARD_FR, ORCHARD_AR, PANTSIR_AR, FERRY_EN], 2)))
def test_a_link_weighs_the_same_from_both_sides(compared: Compared, a: str, b: str) -> None:
    assert compared(a, b).bits == pytest.approx(compared(b, a).bits, abs=0.05)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_more_bits_are_never_less_probable(x: float, y: float) -> None:
    less, more = sorted((x, y))
    assert 0 <= probability(less) <= probability(more) <= 1


# ------------------------------------------------------------------ groups


def all_alike(_a: str, _b: str) -> float:
    return 1.0


def test_linked_posts_become_one_group() -> None:
    assert groups([("b", "c", 0.9), ("a", "b", 0.9), ("x", "y", 0.8)], all_alike) == [("a", "b", "c"), ("x", "y")]


def test_a_chain_of_loosely_like_posts_does_not_become_one_group() -> None:
    ids = [f"p{number:03}" for number in range(100)]
    chain = [(a, b, 0.9) for a, b in pairwise(ids)]
    links = {pair for a, b, _ in chain for pair in ((a, b), (b, a))}
    found = groups(chain, lambda a, b: 0.9 if (a, b) in links else 0.0)
    assert max(map(len, found)) <= 6


def test_a_bridge_does_not_join_two_groups() -> None:
    left, right = ["a1", "a2", "a3"], ["b1", "b2", "b3"]
    sure = [(a, b, 0.99) for side in (left, right) for a, b in combinations(side, 2)]
    found = groups([*sure, ("a1", "b1", 0.6)], lambda a, b: 0.99 if a[0] == b[0] else 0.1)
    assert found == [tuple(left), tuple(right)]


@settings(deadline=None)
@given(st.data())
def test_the_order_of_the_links_plays_no_part(data: st.DataObject) -> None:
    ids = st.sampled_from("abcdefgh")
    score = st.sampled_from([0.5, 0.7, 0.9, 0.9])
    found = data.draw(
        st.lists(st.tuples(ids, ids, score).filter(lambda link: link[0] < link[1]), unique_by=lambda x: x[:2])
    )
    scores = {(a, b): value for a, b, value in found}

    def answer(a: str, b: str) -> float:
        return scores.get((min(a, b), max(a, b)), 0.0)

    assert groups(data.draw(st.permutations(found)), answer) == groups(found, answer)


def test_no_post_is_in_two_groups() -> None:
    found = groups([("a", "b", 0.9), ("b", "c", 0.8), ("c", "d", 0.7), ("d", "e", 0.9)], lambda _a, _b: 0.25)
    members = [post for group in found for post in group]
    assert len(members) == len(set(members))


def test_nothing_linked_is_no_group() -> None:
    assert groups([], all_alike) == []


# ------------------------------------------------------------------ candidates


def test_posts_on_one_video_are_candidates_and_unrelated_ones_are_not(checker: Checker) -> None:
    posts = annotated(checker, [ORCHARD_EN, FERRY_EN, ORCHARD_FR, ORCHARD_AR])
    found = {*pairs(posts, Rarity(posts))}
    assert {(0, 2), (0, 3), (2, 3)} <= found
    assert not {(0, 1), (1, 2), (1, 3)} & found


def test_candidates_are_told_once_and_in_order(checker: Checker) -> None:
    posts = annotated(checker, [ORCHARD_EN, ORCHARD_FR, ORCHARD_AR, ORCHARD_EN, PANTSIR_EN, PANTSIR_AR])
    found = [*pairs(posts, Rarity(posts))]
    assert found == sorted(set(found))
    assert all(a < b for a, b in found)


def test_copies_of_one_text_end_in_one_group(checker: Checker) -> None:
    report = checker.check(Post(id=f"copy-{number:03}", text=ORCHARD_EN) for number in range(20))
    assert [len(group.posts) for group in report.groups] == [20]


def test_three_hundred_posts_of_one_video_end_in_one_group(checker: Checker) -> None:
    media = (Media(id="m1"),)
    report = checker.check(Post(id=f"copy-{number:03}", text=ORCHARD_EN, media=media) for number in range(300))
    assert [len(group.posts) for group in report.groups] == [300]


def test_no_member_of_an_oversize_block_is_without_candidates(checker: Checker) -> None:
    media = (Media(id="m1"),)
    posts = checker.annotate([Post(id=f"p{number:03}", text=f"Look {number}", media=media) for number in range(300)])
    assert {index for pair in pairs(posts, Rarity(posts)) for index in pair} == {*range(300)}


def test_copies_cost_no_more_than_a_few_candidates_each(checker: Checker) -> None:
    posts = annotated(checker, [ORCHARD_EN] * 300)
    assert len([*pairs(posts, Rarity(posts))]) <= 300 * 10
