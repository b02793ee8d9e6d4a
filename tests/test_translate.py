"""What every translator promises, the offline gloss, its lexica, and the terms of a post."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest
from fake_services import KEYS, SPEAKING, rerouted
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import serving

from crosspost.data import folder
from crosspost.errors import UnsupportedPivot, UsageError
from crosspost.models import Language, LanguageSpan, Passage, Post, Quality, Term, Translation
from crosspost.text import is_arabic, tokenize
from crosspost.translate import Translator, to_pivot, translator
from crosspost.translate.fallback import WithGloss
from crosspost.translate.gloss import glossed
from crosspost.translate.lexicon import LANGUAGES
from crosspost.translate.memory import Memory, Recall
from crosspost.translate.online import Online
from crosspost.translate.terms import terms

ANY_TEXT = st.text(st.characters(exclude_categories=()))
ARABIC = "دمرت طائرة مسيرة دبابة قرب المدينة"
FRENCH = "Un drone a détruit un char près de la ville"


REPLIES = {ARABIC: "A drone destroyed a tank near the city", FRENCH: "A drone destroyed a tank near the city"}
REPLIES |= {"سيارة": "car", "voiture": "car", "شارع": "street", "rue": "street"}
ONLINE = tuple(SPEAKING)


def reply(text: str) -> str:
    return REPLIES.get(text, "the answer")


def quiet(_sentence: str) -> None: ...


@pytest.fixture(scope="module", params=["gloss", *ONLINE, "memory", "online with gloss", "online with memory"])
def any_translator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Translator]:
    kind = str(request.param)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        engine = kind if kind in ONLINE else "google"
        with serving(SPEAKING[engine](reply)) as server:
            memory = Memory(tmp_path_factory.mktemp("memory") / "m.db", create=True)
            online = Online(rerouted(engine, server.port), "en", memory if kind.endswith("memory") else None, quiet)
            if kind == "memory":
                online.translate([Passage(text, "ar" if text[0] > "z" else "fr") for text in REPLIES])
            yield {
                "gloss": translator(),
                "memory": Recall(memory),
                "online with gloss": WithGloss(online, translator()),
            }.get(kind, online)


class TestContract:
    """Every implementation of `Translator` passes these."""

    def test_it_says_who_it_is_and_where_it_translates_to(self, any_translator: Translator) -> None:
        assert any_translator.engine
        assert any_translator.version
        assert any_translator.pivot == "en"

    def test_it_answers_one_translation_a_passage_in_order(self, any_translator: Translator) -> None:
        passages = [Passage("سيارة", "ar"), Passage("voiture", "fr"), Passage("شارع", "ar"), Passage("rue", "fr")]
        alone = [any_translator.translate([passage])[0] for passage in passages]
        assert any_translator.translate(passages) == alone

    def test_it_answers_nothing_to_no_passages(self, any_translator: Translator) -> None:
        assert any_translator.translate([]) == []

    def test_it_gives_the_same_answer_every_time(self, any_translator: Translator) -> None:
        passages = [Passage(ARABIC, "ar"), Passage(FRENCH, "fr")]
        assert any_translator.translate(passages) == any_translator.translate(passages)

    @pytest.mark.parametrize(("text", "language"), [(ARABIC, "ar"), (FRENCH, "fr")])
    def test_what_it_translates_is_no_longer_the_source(
        self, any_translator: Translator, text: str, language: str
    ) -> None:
        (made,) = any_translator.translate([Passage(text, language)])
        assert "drone" in made.text.lower()
        assert made.text != text

    @pytest.mark.parametrize("language", ["und", "xx", "ar-Latn", ""])
    def test_a_language_that_it_does_not_know_has_failed(self, any_translator: Translator, language: str) -> None:
        (made,) = any_translator.translate([Passage("Das Haus brennt lichterloh", language)])
        assert (made.quality, made.text, made.coverage) == ("failed", "", 0.0)

    def test_a_failure_says_why_in_a_sentence(self, any_translator: Translator) -> None:
        (made,) = any_translator.translate([Passage("Das Haus brennt", "und")])
        assert made.warnings
        assert all(len(warning.split()) > 3 for warning in made.warnings)

    @settings(deadline=None)
    @given(st.lists(st.tuples(ANY_TEXT, st.sampled_from(["ar", "fr", "en", "und", ""])), max_size=3))
    def test_it_never_raises_and_always_says_its_quality(
        self, any_translator: Translator, given_passages: list[tuple[str, str]]
    ) -> None:
        made = any_translator.translate([Passage(text, language) for text, language in given_passages])
        assert len(made) == len(given_passages)
        assert all(item.quality in get_args(Quality) and 0 <= item.coverage <= 1 for item in made)


@pytest.mark.parametrize(("name", "pivot"), [("gloss", "fr"), ("google", "xx"), ("baidu", "fa")])
def test_a_pivot_out_of_reach_says_what_to_use(name: str, pivot: str) -> None:
    with pytest.raises(UnsupportedPivot, match=rf"'{pivot}'.*use.*en"):
        translator(name, pivot)


def test_an_unknown_translator_is_named_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"'babelfish'.*known are.*gloss"):
        translator("babelfish")


# ------------------------------------------------------------------ which translation a post gets


def pivots(*posts: Post, languages: list[str]) -> list[Translation]:
    return to_pivot(posts, [Language(code, 1.0) for code in languages], translator())


def test_a_translation_that_came_with_the_post_is_taken() -> None:
    post = Post(id="1", text=ARABIC, translations={"en": "A drone destroyed a tank."})
    (pivot,) = pivots(post, languages=["ar"])
    assert (pivot.text, pivot.quality) == ("A drone destroyed a tank.", "provided")


@pytest.mark.parametrize("useless", [{"en": "  "}, {"de": "Eine Drohne"}])
def test_a_translation_that_does_not_help_leaves_the_gloss(useless: dict[str, str]) -> None:
    (pivot,) = pivots(Post(id="1", text=ARABIC, translations=useless), languages=["ar"])
    assert pivot.quality == "gloss"


def test_a_post_in_the_pivot_language_stays_as_it_is() -> None:
    (pivot,) = pivots(Post(id="1", text="A drone."), languages=["en"])
    assert (pivot.text, pivot.quality) == ("A drone.", "original")


def test_each_post_of_many_gets_its_own_translation() -> None:
    posts = [
        Post(id="1", text="voiture"),
        Post(id="2", text="A car."),
        Post(id="3", text="Auto", translations={"en": "Car"}),
        Post(id="4", text="سيارات"),
        Post(id="5", text="Auto"),
        Post(id="6", text=""),
    ]
    found = pivots(*posts, languages=["fr", "en", "de", "ar", "de", "und"])
    assert [pivot.quality for pivot in found] == ["gloss", "original", "provided", "gloss", "failed", "original"]


# ------------------------------------------------------------------ the gloss


def senses(text: str, language: str) -> list[tuple[str, ...]]:
    return [word.senses for word in glossed(tokenize(text), language)]


@pytest.mark.parametrize(
    ("word", "sense"),
    [
        ("والجيش", "army"),
        ("للجيش", "army"),
        ("بالجيش", "army"),
        ("فالحكومة", "government"),
        ("كالنار", "fire"),
        ("وسيارات", "cars"),
        ("سيارته", "car"),
        ("مدينتها", "city"),
        ("دمرته", "destroy"),
        ("تدمر", "destroy"),
        ("دَمَّرَ", "destroy"),
        ("الطـــائرات", "planes"),
        ("اخترنا", "choose"),
        ("شممت", "smell"),
        ("يستطع", "can"),
        ("مايعرف", "know"),
        ("حريييق", "fire"),
    ],
)
def test_an_arabic_word_is_known_with_its_clitics(word: str, sense: str) -> None:
    assert sense in senses(word, "ar")[0]


@pytest.mark.parametrize(
    ("word", "sense"),
    [
        ("pollinisation", "pollinization"),
        ("volcanologie", "volcanology"),
        ("hydrologiques", "hydrological"),
        ("cassees", "break"),
        ("ouiiii", "yes"),
    ],
)
def test_a_french_word_that_is_not_listed_is_known_by_its_ending_or_spelling(word: str, sense: str) -> None:
    assert sense in senses(word, "fr")[0]


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("l'armée", "army"),
        ("L’école", "school"),
        ("d'avions", "planes"),
        ("qu'elle", "she"),
        ("s'effondre", "collapse"),
        ("n'explose", "explode"),
        ("jusqu'au", "until"),
    ],
)
def test_a_french_word_is_known_behind_its_elision(text: str, sense: str) -> None:
    assert sense in {word for found in senses(text, "fr") for word in found}


@pytest.mark.parametrize(
    ("form", "sense"),
    [
        ("vinrent", "come"),
        ("allés", "go"),
        ("vu", "see"),
        ("mis", "put"),
        ("firent", "do"),
        ("battus", "beat"),
        ("sont", "be"),
        ("fut", "was"),
        ("détruisent", "destroy"),
        ("meurt", "die"),
        ("tinrent", "hold"),
        ("ira", "go"),
    ],
)
def test_a_form_of_an_irregular_french_verb_is_known(form: str, sense: str) -> None:
    assert sense in senses(form, "fr")[0]


@pytest.mark.parametrize(
    ("text", "language", "sense"),
    [
        ("défense aérienne", "fr", "air defense"),
        ("pomme de terre", "fr", "potato"),
        ("aujourd'hui", "fr", "today"),
        ("القوات الجوية", "ar", "air force"),
        ("طائرة مسيرة", "ar", "drone"),
        ("رئيس الوزراء", "ar", "prime minister"),
    ],
)
def test_words_that_belong_together_are_one_entry(text: str, language: str, sense: str) -> None:
    (found,) = senses(text, language)
    assert sense in found


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [("بعد", "ar", {"after", "following"}), ("avocat", "fr", {"lawyer", "avocado"}), ("منظومة", "ar", {"system"})],
)
def test_all_senses_of_a_word_are_kept(word: str, language: str, expected: set[str]) -> None:
    assert expected <= set(senses(word, language)[0])


@pytest.mark.parametrize(("word", "language"), [("حلب", "ar"), ("Alep", "fr"), ("بحلب", "ar")])
def test_a_place_is_glossed_by_its_english_name(word: str, language: str) -> None:
    assert senses(word, language) == [("Aleppo",)]


def test_a_name_with_a_learned_ending_stays_a_name() -> None:
    assert senses("Le maire Zadurel", "fr")[-1] == ()


def test_a_name_is_kept_as_it_is_written() -> None:
    (made,) = translator().translate([Passage("Le char de Brzyczek a brûlé", "fr")])
    assert "Brzyczek" in made.text


def test_coverage_is_the_share_of_known_words() -> None:
    (made,) = translator().translate([Passage("voiture brzyczek voiture brzyczek", "fr")])
    assert made.coverage == 0.5


def test_hashtags_are_taken_apart_and_addresses_left_out() -> None:
    (made,) = translator().translate([Passage("#voiture_rouge https://t.co/x @quelquun", "fr")])
    assert made.text == "car red"


# ------------------------------------------------------------------ the lexica


def lines(language: str) -> list[tuple[str, str]]:
    """Return (where, line) for every line that is neither blank nor a comment."""
    found = []
    for file in folder("lexicon").joinpath(language).iterdir():
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                found.append((f"{language}/{file.name}:{number}", line))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_a_lexicon_is_a_headword_and_its_senses(language: str) -> None:
    malformed = [where for where, line in lines(language) if line.count("\t") != 1 or line != line.strip()]
    assert malformed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_headword_stands_twice_in_a_lexicon(language: str) -> None:
    times = Counter(line.split("\t")[0] for _, line in lines(language))
    assert [headword for headword, count in times.items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sense_is_plain_lower_case_english(language: str) -> None:
    odd = [
        f"{where}: {sense!r}"
        for where, line in lines(language)
        for sense in line.split("\t")[1].split(", ")
        if not sense or sense != sense.strip().lower() or not sense.isascii() or "," in sense
    ]
    assert odd == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_names_a_sense_twice(language: str) -> None:
    listed = [(where, line.split("\t")[1].split(", ")) for where, line in lines(language)]
    assert [where for where, found in listed if len(set(found)) < len(found)] == []


def test_no_arabic_entry_is_circular_through_a_spelling_of_its_own() -> None:
    """A sense is English: one that is itself looked up as a headword would gloss the gloss."""
    assert [where for where, line in lines("ar") if any(map(is_arabic, line.split("\t")[1]))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_headword_can_be_found(language: str) -> None:
    lost = [where for where, line in lines(language) if not senses(line.split("\t")[0], language)]
    assert lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_holds_at_least_several_hundred_words(language: str) -> None:
    assert len(lines(language)) >= 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lexicon_file_says_what_it_is(language: str) -> None:
    files = [*folder("lexicon").joinpath(language).iterdir()]
    assert [file.name for file in files if not file.read_text(encoding="utf-8").startswith("# ")] == []


# ------------------------------------------------------------------ terms


def terms_of(text: str, language: str, provided: str = "") -> tuple[Term, ...]:
    post = Post(id="1", text=text, translations={"en": provided} if provided else {})
    (pivot,) = to_pivot([post], [Language(language, 1.0)], translator())
    return terms(tokenize(text), Language(language, 1.0), pivot)


WORDS = st.sampled_from(
    [
        *ARABIC.split(),
        *FRENCH.split(),
        "القوات",
        "الجوية",
        "défense",
        "aérienne",
        "#BenghaziPort",
        "S-400",
        "🔥",
        "l'",
        "Wagner",
        "75",
    ]
)
POST_TEXT = st.lists(st.one_of(WORDS, ANY_TEXT)).map(" ".join)


@settings(deadline=None)
@given(POST_TEXT, st.sampled_from(["ar", "fr", "en", "und"]))
def test_every_term_stands_where_its_span_says(text: str, language: str) -> None:
    for term in terms_of(text, language):
        assert term.span is not None
        start, end = term.span
        parts = term.surface.split()
        assert text.startswith(parts[0], start)
        assert text.endswith(parts[-1], start, end)


@settings(deadline=None)
@given(POST_TEXT, POST_TEXT.filter(str.strip))
def test_terms_of_a_real_translation_keep_to_the_original_text(text: str, provided: str) -> None:
    spans = [term.span for term in terms_of(text, "ar", provided) if term.span is not None]
    assert all(0 <= start < end <= len(text) for start, end in spans)


@settings(deadline=None)
@given(POST_TEXT, st.sampled_from(["ar", "fr", "en", "und"]))
def test_every_term_has_a_sense_and_none_twice(text: str, language: str) -> None:
    assert all(term.senses and len(set(term.senses)) == len(term.senses) for term in terms_of(text, language))


def test_the_words_of_a_real_translation_are_tied_to_the_words_of_the_original() -> None:
    found = {term.surface: term.span for term in terms_of("دبابة تحترق", "ar", "A tank is burning")}
    assert (found["tank"], found["burning"]) == ((0, 5), (6, 11))


def test_figures_are_no_terms() -> None:
    assert [term.surface for term in terms_of("12 voitures", "fr")] == ["voitures"]


def test_identifiers_are_terms_of_their_own_kind() -> None:
    assert [(term.surface, term.kind) for term in terms_of("S-400", "ar")] == [("S-400", "identifier")]


def test_words_of_three_languages_meet_in_one_sense() -> None:
    met = [
        set(terms_of(text, language)[0].senses)
        for text, language in [("drones", "en"), ("drone", "fr"), ("مسيرة", "ar")]
    ]
    assert set.intersection(*met) == {"drone"}


def test_the_pieces_of_a_mixed_post_are_translated_each_from_its_own_language() -> None:
    text = "Bridge closed. الجسر مغلق اليوم"
    language = Language("en", 0.9, (LanguageSpan("en", 0, 14), LanguageSpan("ar", 15, len(text))))
    (pivot,) = to_pivot([Post(id="x", text=text)], [language], translator())
    assert pivot.quality == "gloss"
    assert pivot.text.startswith("Bridge closed. bridge ")
    glossed_words = {term.surface: term.senses for term in terms(tokenize(text), language, pivot)}
    assert glossed_words["Bridge"][0] == glossed_words["الجسر"][0]


def test_a_piece_without_a_lexicon_is_said_and_the_rest_is_glossed() -> None:
    text = "El puente se cayó. الجسر مغلق اليوم"
    language = Language("ar", 0.9, (LanguageSpan("es", 0, 18), LanguageSpan("ar", 19, len(text))))
    (pivot,) = to_pivot([Post(id="x", text=text)], [language], translator())
    assert (pivot.quality, pivot.text.split()[0]) == ("gloss", "bridge")
    assert "es" in pivot.warnings[0]
    assert pivot.coverage < 1
