"""Services on the network made safe: every fault that they were seen with, played on this machine."""

from __future__ import annotations

import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_services import KEYS, SPEAKING, Reply, rerouted
from hypothesis import example, given
from hypothesis import strategies as st
from loopback import (
    Loopback,
    Play,
    Request,
    answer,
    dripping_body,
    dripping_headers,
    hanging,
    resetting,
    serving,
)

from crosspost.errors import AccessDenied, BadAnswer, Throttled, TimedOut, UnsupportedPivot, UsageError
from crosspost.models import Passage, Translation
from crosspost.translate import checks, service
from crosspost.translate.memory import Memory
from crosspost.translate.online import Breaker, Online
from crosspost.translate.pieces import joined, pieces
from crosspost.translate.services import SERVICES

ENGINES = tuple(SPEAKING)
ARABIC = "احترقت شاحنات الوقود على الطريق قرب محطة القطار وهرب السائق من النار والدخان"
ENGLISH = "The fuel trucks burned on the road near the railway station and the driver fled from the fire and the smoke"
OF_ANOTHER_TEXT = "Parliament will vote next Tuesday about the new law on pensions, said a spokesman of the ministry"
PAGE = "<!doctype html><html><head><title>Sorry</title></head><body><h1>Service Unavailable</h1></body></html>"
QUOTA = "MYMEMORY WARNING: YOU USED ALL AVAILABLE FREE TRANSLATIONS FOR TODAY. NEXT AVAILABLE IN 12 HOURS"
MARKER = "Qusayrquux"  # stands in a post: no message may repeat it

PLAYS: dict[str, tuple[Play, str]] = {
    "hang": (hanging, "no whole answer within"),
    "drip": (dripping_body, "no whole answer within"),
    "drip of headers": (dripping_headers, "no whole answer within"),
    "429": (lambda _: answer("slow down", 429, Retry_After="7"), "too many requests.*in 7 s"),
    "500": (lambda _: answer(PAGE, 500), "status 500"),
    "403": (lambda request: answer(request.target, 403), "access denied"),
    "redirect": (lambda _: answer("", 302, Location="http://elsewhere.invalid/"), "redirect"),
    "reset": (resetting, "no connection"),
    "page in a 200": (lambda _: answer(PAGE), "no translation|not 1 translations"),
    "broken JSON": (lambda _: answer('{"translatedText": ["'), "no translation|not 1 translations"),
    "JSON of another kind": (lambda _: answer("[null, 3]"), "no translation|not 1 translations|empty"),
    "no bytes": (lambda _: answer(""), "no translation|not 1 translations"),
}
REPLIES: dict[str, tuple[Reply, str]] = {
    "empty": (lambda _: "", "empty answer|no translation"),
    "blanks": (lambda _: " \n ", "empty answer|no translation"),
    "echo": (lambda text: text, "came back|script|empty"),
    "another text's answer": (lambda _: OF_ANOTHER_TEXT, "of another text"),
    "quota notice": (lambda _: QUOTA, "quota"),
    "error as the translation": (lambda _: "Error 500 (Server Error)!!1 That's an error.", "error page"),
    "page as the translation": (lambda _: PAGE, "error page"),
    "another script": (lambda _: "火车站附近的道路上燃料卡车着火", "script"),
}


@pytest.fixture(autouse=True)
def planted_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)


def quiet(_sentence: str) -> None: ...


@contextmanager
def asking(
    engine: str, play: Play, memory: Memory | None = None, say: Callable[[str], None] = quiet, **limits: Any
) -> Iterator[tuple[Online, Loopback]]:
    with serving(play) as server:
        yield Online(rerouted(engine, server.port, **limits), "en", memory, say), server


def translated(engine: str, play: Play, text: str = ARABIC, language: str = "ar") -> Translation:
    with asking(engine, play) as (online, _):
        return online.translate([Passage(text, language)])[0]


# ------------------------------------------------------------------ what goes right


@pytest.mark.parametrize("engine", ENGINES)
def test_a_good_answer_is_the_translation(engine: str) -> None:
    made = translated(engine, SPEAKING[engine](lambda _: ENGLISH))
    assert made == Translation(ENGLISH, engine, "1", "mt_online", 1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_text_goes_to_the_service_and_nowhere_else_and_never_in_the_clear(engine: str) -> None:
    with serving(SPEAKING[engine](lambda _: ENGLISH)) as server:
        asked: Any = rerouted(engine, server.port)
        Online(asked, say=quiet).translate([Passage(ARABIC, "ar")])
    assert set(asked._client._transport.hosts) == {f"https://{SERVICES[engine].host}"}  # noqa: SLF001


@pytest.mark.parametrize("engine", ["google", "mymemory", "baidu"])
def test_deep_translator_knows_the_codes_that_are_given_to_it(engine: str) -> None:
    made: Any = service(engine)
    english = made.facts.codes["en"]
    for code in made.facts.codes.values():
        made._class()(source=code, target=english, appid="x", appkey="x")  # noqa: SLF001


def test_the_modules_that_others_import_keep_their_requests() -> None:
    import deep_translator.google as of_others
    import requests

    assert translated("google", SPEAKING["google"](lambda _: ENGLISH)).quality == "mt_online"
    assert of_others.requests is requests


def test_the_list_of_languages_is_asked_for_once() -> None:
    with asking("microsoft", SPEAKING["microsoft"](lambda _: ENGLISH)) as (online, server):
        online.translate([Passage(f"{ARABIC} {word}", "ar") for word in ("أمس", "اليوم", "غدا")])
    assert [request.method for request in server.asked].count("GET") == 1


def test_html_entities_become_the_characters_they_stand_for() -> None:
    made = translated("mymemory", SPEAKING["mymemory"](lambda _: "The driver&#39;s trucks &amp; the fire"))
    assert made.text == "The driver's trucks & the fire"


def test_entities_that_the_text_has_itself_stay() -> None:
    made = translated("mymemory", SPEAKING["mymemory"](lambda _: "trucks &amp; fire"), f"{ARABIC} &amp;")
    assert made.text == "trucks &amp; fire"


def test_figures_and_identifiers_that_got_lost_are_flagged() -> None:
    made = translated("google", SPEAKING["google"](lambda _: f"{ENGLISH} 14"), f"{ARABIC} 14 75 مليون S-400")
    assert made.quality == "mt_online"
    assert made.warnings == ("not found again in the translation: 75 مليون, S-400",)


def test_figures_in_other_digits_are_found_again() -> None:
    made = translated("google", SPEAKING["google"](lambda _: f"{ENGLISH} 75 million"), f"{ARABIC} ٧٥ مليون")
    assert made.warnings == ()


def test_what_has_no_letters_is_not_sent() -> None:
    with asking("google", hanging) as (online, server):
        assert online.translate([Passage("🔥🔥 75!", "ar")]) == [Translation("🔥🔥 75!", "none", "", "original", 1.0)]
    assert server.asked == []


def test_equal_texts_are_sent_once() -> None:
    with asking("google", SPEAKING["google"](lambda _: ENGLISH)) as (online, server):
        made = online.translate([Passage(ARABIC, "ar")] * 5)
    assert (len(server.asked), len(made)) == (1, 5)


def test_a_pivot_other_than_english_is_asked_for() -> None:
    with serving(SPEAKING["google"](lambda _: "Les camions brûlent")) as server:
        Online(rerouted("google", server.port), "fr", say=quiet).translate([Passage(ARABIC, "ar")])
    assert (server.asked[0].params["sl"], server.asked[0].params["tl"]) == ("ar", "fr")


# ------------------------------------------------------------------ what goes wrong


@pytest.mark.parametrize("fault", PLAYS)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_service_that_fails_is_said_to_have_failed(engine: str, fault: str) -> None:
    play, reason = PLAYS[fault]
    with asking(engine, play, deadline=0.3) as (online, _):
        (made,) = online.translate([Passage(ARABIC, "ar")])
    assert (made.text, made.quality, made.coverage) == ("", "failed", 0.0)
    (warning,) = made.warnings
    assert re.search(reason, warning), warning


@pytest.mark.parametrize("fault", REPLIES)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_answer_that_is_no_translation_is_said_to_have_failed(engine: str, fault: str) -> None:
    reply, reason = REPLIES[fault]
    made = translated(engine, SPEAKING[engine](reply))
    assert (made.text, made.quality) == ("", "failed")
    (warning,) = made.warnings
    assert re.search(reason, warning), warning


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("fault", PLAYS)
def test_neither_keys_nor_posts_are_in_any_log_or_message(
    engine: str, fault: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    with asking(engine, PLAYS[fault][0], say=said.append, deadline=0.2) as (online, _):
        (made,) = online.translate([Passage(f"{ARABIC} {MARKER}", "ar")])
        with pytest.raises(Exception, match=r".") as caught:
            online._service.ask([f"{ARABIC} {MARKER}"], *(online._service.facts.codes[code] for code in ("ar", "en")))  # noqa: SLF001
    error = caught.value
    shown = [*made.warnings, *said, caplog.text, *capfd.readouterr(), *traceback.format_exception(error)]
    for secret in (MARKER, "شاحنات", *KEYS.values()):
        assert secret not in "".join(shown)
    assert error.__context__ is None


def test_an_echo_of_names_is_a_translation() -> None:
    assert checks.fault(Passage("Emmanuel Macron à Paris", "fr"), "en", "Emmanuel Macron à Paris") is None


def test_a_page_in_the_text_itself_is_no_fault() -> None:
    assert checks.fault(Passage("la balise <title> de la page", "fr"), "en", "the <title> tag of the page") is None


@pytest.mark.parametrize("said", ["In 500 homes service stopped", "404 people were evacuated", "The service is back"])
def test_news_that_sounds_like_an_error_is_none(said: str) -> None:
    assert checks.fault(Passage("Nouvelles de la ville", "fr"), "en", said) is None


@given(
    st.text(), st.text(), st.sampled_from(["ar", "fr", "en", "de", "und"]), st.sampled_from(["en", "fr", "ar", "ru"])
)
def test_checks_take_any_text(text: str, reply: str, language: str, pivot: str) -> None:
    wrong = checks.fault(Passage(text, language), pivot, reply)
    assert wrong is None or wrong
    assert len(checks.losses(Passage(text, language), reply)) <= 1


# ------------------------------------------------------------------ before it is asked


def test_it_is_said_before_the_first_text_leaves_and_only_once() -> None:
    said: list[tuple[str, int]] = []
    with serving(SPEAKING["google"](lambda _: ENGLISH)) as server:
        online = Online(rerouted("google", server.port), say=lambda text: said.append((text, len(server.asked))))
        online.translate([Passage(ARABIC, "ar")])
        online.translate([Passage(f"{ARABIC} أمس", "ar")])
    ((sentence, asked),) = said
    assert "leave this machine" in sentence
    assert "translate.google.com" in sentence
    assert asked == 0


def test_without_anybody_to_tell_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with serving(SPEAKING["google"](lambda _: ENGLISH)) as server:
        Online(rerouted("google", server.port)).translate([Passage(ARABIC, "ar")])
    assert "leave this machine" in caplog.text


def test_an_address_without_encryption_is_said() -> None:
    assert "not encrypted" in service("libretranslate=http://localhost:5000").facts.note
    assert "not encrypted" not in service("libretranslate=https://translate.example").facts.note


@pytest.mark.parametrize("engine", ["microsoft", "baidu", "libretranslate"])
def test_a_key_that_is_missing_is_named(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    with asking(engine, hanging) as (online, server):
        with pytest.raises(UsageError, match=r"set .*_API_KEY|set BAIDU_APPID and BAIDU_APPKEY"):
            online.must_have_keys()
        (made,) = online.translate([Passage(ARABIC, "ar")])
    assert "needs a key" in made.warnings[0]
    assert server.asked == []


@pytest.mark.parametrize(
    "name",
    [
        "babelfish",
        "google=http://localhost",
        "libretranslate=",
        "libretranslate=nonsense",
        "libretranslate=ftp://host",
        "libretranslate=http://me:pass@host",
        "libretranslate=http://host:port",
    ],
)
def test_a_service_that_cannot_be_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        service(name)
    assert "pass" not in str(caught.value).replace("passage", "")


def test_a_pivot_that_a_service_does_not_know_is_refused() -> None:
    with pytest.raises(UnsupportedPivot, match=r"'xx'; use one of: ar, .*en"):
        Online(service("google"), "xx")


# ------------------------------------------------------------------ many texts


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_that_share_a_translator_get_each_their_own_answer(engine: str) -> None:
    def named(text: str) -> str:
        return f"truck {text.rsplit(maxsplit=1)[-1]}"

    with (
        asking(engine, SPEAKING[engine](named), deadline=20, patience=60) as (online, _),
        ThreadPoolExecutor(8) as pool,
    ):
        passages = [Passage(f"شاحنة رقم X{number}", "ar") for number in range(160)]
        made = list(pool.map(lambda passage: online.translate([passage])[0].text, passages))
    assert made == [f"truck X{number}" for number in range(160)]


def test_no_more_calls_are_under_way_than_workers() -> None:
    now, most, turn = 0, 0, threading.Lock()

    def play(_request: Request) -> Iterator[bytes]:
        nonlocal now, most
        with turn:
            now += 1
            most = max(most, now)
        yield from SPEAKING["google"](lambda _: ENGLISH)(_request)
        with turn:
            now -= 1

    passages = [Passage(f"{ARABIC} {number}", "ar") for number in range(40)]
    with asking("google", play) as (online, _), ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda passage: online.translate([passage]), passages))
    assert 1 <= most <= 2


def test_short_texts_share_a_request_with_libretranslate() -> None:
    with asking("libretranslate", SPEAKING["libretranslate"](lambda text: f"street {text[-2:]}")) as (online, server):
        made = online.translate([Passage(f"شارع {number:02}", "ar") for number in range(40)])
    assert [translation.text for translation in made] == [f"street {number:02}" for number in range(40)]
    assert len(server.asked) == 3


def test_a_text_that_spoils_a_request_for_others_is_asked_for_alone() -> None:
    def play(request: Request) -> Iterator[bytes]:
        if b"bad" in request.body:
            return answer("cannot", 400)
        return SPEAKING["libretranslate"](lambda _: "street")(request)

    with asking("libretranslate", play) as (online, _):
        made = online.translate([Passage(text, "ar") for text in ("شارع", "شارع bad", "شارع أمس")])
    assert [translation.quality for translation in made] == ["mt_online", "failed", "mt_online"]


def test_an_answer_with_too_few_translations_is_none() -> None:
    made = translated("libretranslate", lambda _: answer('{"translatedText": []}'))
    assert made.quality == "failed"


def test_what_was_answered_is_not_asked_for_again_also_without_a_memory_on_disk() -> None:
    with asking("google", SPEAKING["google"](lambda _: ENGLISH)) as (online, server):
        made = [online.translate([Passage(ARABIC, "ar")]) for _ in range(3)]
    assert made[0] == made[1] == made[2]
    assert len(server.asked) == 1


# ------------------------------------------------------------------ leaving a service alone


def test_a_service_that_fails_again_and_again_is_left_alone() -> None:
    with asking("google", lambda _: answer("", 500)) as (online, server):
        made = online.translate([Passage(f"{ARABIC} {number}", "ar") for number in range(30)])
        assert online.gave_up
    assert 5 <= len(server.asked) <= 6  # two workers: one may be on its way when the other gives up
    assert {translation.quality for translation in made} == {"failed"}
    assert sum("not asked" in translation.warnings[0] for translation in made) >= 24


@pytest.mark.parametrize("fault", [lambda _: answer("", 429), lambda _: answer("", 403)])
def test_a_service_that_throttles_or_denies_is_left_alone_at_once(fault: Play) -> None:
    with asking("google", fault) as (online, server):
        online.translate([Passage(f"{ARABIC} {number}", "ar") for number in range(30)])
    assert len(server.asked) <= 2


def test_failures_here_and_there_do_not_stop_the_others() -> None:
    def play(request: Request) -> Iterator[bytes]:
        if "3" in request.params["q"]:
            return answer("", 500)
        return SPEAKING["google"](lambda _: ENGLISH)(request)

    with asking("google", play) as (online, _):
        made = online.translate([Passage(f"{ARABIC} {number}", "ar") for number in range(20)])
    assert sum(translation.quality == "failed" for translation in made) == 2
    assert online.gave_up is None


def test_a_breaker_lets_one_through_after_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("crosspost.translate.online.time.monotonic", lambda: now[0])
    breaker = Breaker(failures=2, rest=60)
    breaker.failed(TimedOut("slow"))
    assert breaker.reason is None
    breaker.failed(BadAnswer("bad"))
    assert breaker.reason == "bad"
    now[0] += 61
    assert breaker.reason is None
    breaker.failed(BadAnswer("bad again"))
    assert breaker.reason == "bad again"
    now[0] += 61
    breaker.answered()
    breaker.failed(TimedOut("slow"))
    assert breaker.reason is None


def test_a_breaker_rests_as_long_as_the_service_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("crosspost.translate.online.time.monotonic", lambda: now[0])
    breaker = Breaker(rest=60)
    breaker.failed(Throttled("later", 600))
    now[0] += 599
    assert breaker.reason == "later"
    now[0] += 2
    assert breaker.reason is None
    breaker.failed(AccessDenied("no"))
    assert breaker.reason == "no"


# ------------------------------------------------------------------ long texts


def test_a_long_text_is_asked_for_in_pieces_of_the_size_that_the_service_takes() -> None:
    text = " ".join(f"احترقت الشاحنات على الطريق رقم {number}." for number in range(60))
    with asking("mymemory", SPEAKING["mymemory"](lambda _: "The trucks burned on the road.")) as (online, server):
        (made,) = online.translate([Passage(text, "ar")])
    sent = [request.params["q"] for request in server.asked]
    assert made.quality == "mt_online"
    assert len(sent) > 1
    assert max(len(piece.encode()) for piece in sent) <= SERVICES["mymemory"].limit
    assert " ".join(sent) == text


def test_a_long_text_has_failed_when_one_of_its_pieces_has(tmp_path: Path) -> None:
    text = " ".join(f"احترقت الشاحنات على الطريق رقم {number}." for number in range(40))
    down = ["39"]

    def play(request: Request) -> Iterator[bytes]:
        if any(number in request.params["q"] for number in down):
            return answer("", 500)
        return SPEAKING["mymemory"](lambda _: "The trucks burned.")(request)

    memory = Memory(tmp_path / "m.db", create=True)
    with asking("mymemory", play, memory) as (online, server):
        (made,) = online.translate([Passage(text, "ar")])
        assert (made.quality, made.text) == ("failed", "")
        paid = len(server.asked) - 1
        down.clear()
        (made,) = online.translate([Passage(text, "ar")])
        assert made.quality == "mt_online"
        assert len(server.asked) == paid + 2, "the pieces that were paid for are not asked for again"
        online.translate([Passage(text, "ar")])
        assert len(server.asked) == paid + 2


@given(st.text(), st.integers(8, 60))
def test_pieces_make_up_the_text_again_and_none_is_too_large(text: str, limit: int) -> None:
    cut = pieces(text, limit)
    assert "".join(cut) == text
    assert all(len(piece.encode()) <= limit for piece in cut if not any("\u0300" <= c <= "\u036f" for c in piece))


@example("0000000\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80𐀀𐀀 0", 18)
@given(st.text(), st.integers(8, 60))
def test_pieces_that_come_back_unchanged_are_the_text(text: str, limit: int) -> None:
    cut = pieces(text, limit)
    assert joined(cut, cut).split() == text.split()


def test_texts_are_cut_at_ends_of_sentences_first() -> None:
    assert pieces("One two three. Four five six. Seven.", 16) == ["One two three. ", "Four five six. ", "Seven."]
    assert pieces("انفجار كبير. حريق؟ نعم", 36) == ["انفجار كبير. حريق؟ ", "نعم"]


def test_a_word_that_is_too_long_is_cut_between_letters() -> None:
    assert pieces("م" * 10, 8) == ["م" * 4, "م" * 4, "م" * 2]
