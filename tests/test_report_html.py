from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crosspost.models import (
    Annotation,
    Conflict,
    Difference,
    Dispute,
    Evidence,
    Finding,
    Group,
    Language,
    Link,
    LocationClaim,
    Options,
    Place,
    PlaceClaim,
    Post,
    Problem,
    Report,
    Translation,
)
from crosspost.report.html import Mark, Piece, marked, render, shown, web_address

IDLIB = Place("SY.12", "Idlib", "SY", "SY.12", "admin1", 35.9, 36.6, ("SY",))
LIBYA = Place("LY", "Libya", "LY", None, "country", 28.0, 17.0)
SYRIA = Place("SY", "Syria", "SY", None, "country", 35.0, 38.0)

ENGLISH = "Drone video shows the Syrian regime's Pantsir destroyed near Saraqib, in Idlib, this morning."
ARABIC = "فيديو من طائرة مسيرة يظهر تدمير منظومة بانتسير في ليبيا صباح اليوم"
FRENCH = "Non, cette vidéo d'un Pantsir détruit par un drone n'a pas été tournée en Libye."


# ------------------------------------------------------------------ reports built by hand


def claim(text: str, words: str, place: Place, **fields: Any) -> LocationClaim:
    start = text.find(words)
    span = {"start": start, "end": start + len(words)} if start >= 0 else {"start": None, "end": None}
    defaults: dict[str, Any] = {"kind": "located", "strength": 0.9, "stance": "asserted", **span}
    return LocationClaim(place=place, alternatives=(), side="original", text=words, **{**defaults, **fields})


def annotation(post: Post, code: str = "en", claims: tuple[LocationClaim, ...] = (), gloss: str = "") -> Annotation:
    pivot = (
        Translation(gloss, "gloss", "1", "gloss", 0.82)
        if gloss
        else Translation(post.text, "none", "1", "original", 1.0)
    )
    return Annotation(post, Language(code, 0.99), pivot, (), claims, ())


def spans(text: str, *words: str) -> tuple[tuple[int, int], ...]:
    return tuple((text.index(word), text.index(word) + len(word)) for word in words)


def example_posts() -> dict[str, Annotation]:
    en = Post(
        id="en-1",
        text=ENGLISH,
        author="@field_notes",
        platform="x",
        created_at="2020-03-01T08:15:00Z",  # type: ignore[arg-type]  # pydantic reads it
        url="https://example.org/field_notes/status/1",
        media=({"type": "video", "id": "vid-77"},),  # type: ignore[arg-type]  # pydantic reads it
    )
    ar = Post(
        id="ar-1",
        text=ARABIC,
        author="مراسل",
        platform="telegram",
        created_at="2020-03-01T11:40:00+02:00",  # type: ignore[arg-type]  # pydantic reads it
        url="tg://resolve?domain=somebody",
    )
    fr = Post(id="fr-1", text=FRENCH, author="verif_fr", platform="mastodon")
    en_claims = (
        claim(ENGLISH, "in Idlib", IDLIB),
        claim(ENGLISH, "the Syrian regime's", SYRIA, kind="implied", strength=0.3),
    )
    ar_claims = (
        claim(ARABIC, "في ليبيا", LIBYA),
        claim(ARABIC, "none of its words", IDLIB, kind="inherited", strength=0.2, via="en-1"),
    )
    fr_claims = (claim(FRENCH, "en Libye", LIBYA, stance="denied"),)
    gloss = "video from plane drone shows destruction system Pantsir in Libya morning today"
    return {
        "en-1": annotation(en, "en", en_claims),
        "ar-1": annotation(ar, "ar", ar_claims, gloss),
        "fr-1": annotation(
            fr, "fr", fr_claims, "no this video of one Pantsir destroyed by one drone not been shot in Libya"
        ),
    }


def example_links() -> tuple[Link, ...]:
    en_ar = (
        Evidence("prior", -9.0, "Two posts of a corpus seldom carry the same media."),
        Evidence(
            "words",
            14.2,
            "4 rare words correspond: drone, video, Pantsir, destroyed.",
            spans(ENGLISH, "Drone video", "Pantsir", "destroyed"),
            spans(ARABIC, "فيديو", "طائرة مسيرة", "بانتسير", "تدمير"),
        ),
        Evidence("time", 1.6, "Posted 1 h 25 min apart."),
        Evidence("unshared", -1.1, "One rare word has no counterpart: Saraqib.", spans(ENGLISH, "Saraqib"), ()),
    )
    en_fr = (
        Evidence("prior", -9.0, "Two posts of a corpus seldom carry the same media."),
        Evidence(
            "words", 11.0, "3 rare words correspond.", spans(ENGLISH, "Pantsir"), spans(FRENCH, "Pantsir", "drone")
        ),
    )
    return Link("en-1", "fr-1", 2.0, 0.8, en_fr), Link("en-1", "ar-1", 5.7, 0.97, en_ar)


def example() -> Report:
    posts = example_posts()
    dispute = Dispute("fr-1", LIBYA, ("ar-1",), *spans(FRENCH, "en Libye")[0])
    finding = Finding(
        id="f-4c1d",
        group="g-90ab",
        level="look-first",
        score=0.97,
        summary="2 linked posts name Idlib (SY) and Libya.",
        posts=("ar-1", "en-1", "fr-1"),
        claims=(
            PlaceClaim(IDLIB, ("en-1",), "2020-03-01T08:15:00Z"),
            PlaceClaim(LIBYA, ("ar-1",), "2020-03-01T09:40:00Z"),
        ),
        conflicts=(Conflict("ar-1", "en-1", (LIBYA, IDLIB), "other-country", 0.9),),
        disputes=(dispute,),
        differences=(
            Difference(
                "date", "ar-1", "en-1", "this morning in both, a day apart", None, spans(ENGLISH, "this morning")[0]
            ),
        ),
        links=example_links(),
        omitted=2,
    )
    quiet = {
        name: annotation(Post(id=name, text=f"Flooded bridge in Ghent, picture {name}"), "en")
        for name in ("q-1", "q-2")
    }
    return Report(
        schema="crosspost.report/1",
        crosspost="0.1.0",
        options=Options(),
        provenance={
            "inputs": [{"file": "posts.jsonl", "source": "jsonl", "sha256": "ab" * 32, "rows": 3}],
            "data": {"lexicon": "2026-01"},
            "sampled": False,
        },
        counts={"posts": 6, "unreadable": 1, "groups": 2, "findings": 1},
        problems=(Problem("posts.jsonl", 3, 'not JSON: a comma is missing after "id"'),),
        groups=(
            Group("g-90ab", finding.posts, finding.links, (dispute,)),
            Group("g-11cc", ("q-1", "q-2"), (Link("q-1", "q-2", 6.0, 0.98, (Evidence("words", 15.0, "One text."),)),)),
        ),
        findings=(finding,),
        posts={**posts, **quiet},
    )


def with_text(text: str, **fields: Any) -> Report:
    """The example, its English post replaced by a hostile one without marks."""
    report = example()
    post = Post(id="en-1", text=text, **fields)
    return replace(report, posts={**report.posts, "en-1": annotation(post, "en")})


# ------------------------------------------------------------------ a real browser, by its DevTools pipe


class Browser:
    """Chromium with one page. It is asked through DevTools, whose questions the page's own policy does not stop."""

    def __init__(self, program: str, profile: Path) -> None:
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--remote-debugging-pipe",
        ]
        # The pipe is file descriptors 3 and 4 by definition: a small program moves ours there and becomes Chromium.
        # Where `dup` already gave 3 or 4, `dup2` does nothing, so that they are made inheritable by hand.
        move = "a, b = map(os.dup, map(int, sys.argv[1:3])); os.dup2(a, 3); os.dup2(b, 4)"
        keep = "os.set_inheritable(3, True); os.set_inheritable(4, True)"
        start = f"import os, sys; {move}; {keep}; os.execv(sys.argv[3], sys.argv[3:])"
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                start,
                str(to_child),
                str(from_child),
                program,
                *flags,
                f"--user-data-dir={profile}",
            ],
            pass_fds=(to_child, from_child),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        self._buffer, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []

    def start(self) -> None:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._in, 1 << 20)
            assert chunk, "Chromium closed its pipe"
            self._buffer += chunk
        message, _, self._buffer = self._buffer.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        return parsed

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def open(self, page: Path, width: int = 1200) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.events.clear()
        self.ask("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._receive())

    def value(self, expression: str) -> Any:
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def requested(self) -> list[str]:
        sent = [event["params"] for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [params["request"]["url"] for params in sent]

    def complaints(self) -> list[str]:
        return [event["params"]["entry"]["text"] for event in self.events if event.get("method") == "Log.entryAdded"]

    def close(self) -> None:
        os.close(self._in)
        os.close(self._out)  # Chromium ends with its pipe
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium on this machine: none of chromium, chromium-browser, google-chrome is on the PATH")
    opened = Browser(program, tmp_path_factory.mktemp("profile"))
    try:
        opened.start()
        yield opened
    finally:
        opened.close()


def open_report(browser: Browser, folder: Path, report: Report, width: int = 1200) -> str:
    page = folder / "report.html"
    page.write_text(render(report), encoding="utf-8")
    browser.open(page, width)
    return str(browser.value("document.documentElement.outerHTML"))


# ------------------------------------------------------------------ the pieces of a text


def test_marks_that_overlap_give_a_piece_both_classes() -> None:
    pieces = marked("abcdef", [Mark(1, 4, "aligned"), Mark(3, 5, "place", "a note")])
    assert pieces == [
        Piece("a"),
        Piece("bc", "aligned"),
        Piece("d", "aligned place", "a note"),
        Piece("e", "place", "a note"),
        Piece("f"),
    ]


def test_pieces_join_to_the_text_even_when_marks_reach_beyond_it() -> None:
    pieces = marked("مرحبا", [Mark(-3, 2, "aligned"), Mark(4, 99, "place"), Mark(3, 3, "place"), Mark(4, 1, "figure")])
    assert [piece.text for piece in pieces] == ["مر", "حب", "ا"]


def test_a_text_without_marks_is_one_piece() -> None:
    assert marked("abc", []) == [Piece("abc")]


def test_an_empty_text_has_no_pieces() -> None:
    assert marked("", [Mark(0, 4, "place")]) == []


# ------------------------------------------------------------------ characters that cannot be seen


@pytest.mark.parametrize("char", [*"\u202a\u202e\u2066\u2069\u200b\u200e\ufeff\0\x1b\x85", "\U000e0041", "\ud800"])
def test_a_character_that_cannot_be_seen_becomes_a_badge(char: str) -> None:
    html = str(shown(f"a{char}b"))
    assert char not in html
    assert f">⟦{ord(char):04X}⟧<" in html


def test_a_badge_names_its_character() -> None:
    assert 'title="U+202E RIGHT-TO-LEFT OVERRIDE"' in str(shown("\u202e"))


@pytest.mark.parametrize("text", ["line\nbreak\ttab", "👨‍👩‍👧", "❤️‍🔥", "می‌خواهم", "مدينة الرقّة", "détruit"])
def test_spelling_and_joined_emoji_stay_as_they_are(text: str) -> None:
    assert str(shown(text)) == text


def test_a_run_of_invisible_characters_is_one_short_badge() -> None:
    assert "⟦200B 200B 200B +99997⟧" in str(shown("\u200b" * 100_000))


def test_a_text_full_of_invisible_characters_does_not_swell_the_page() -> None:
    text = "a\u200b" * 100_000
    assert len(shown(text)) < 5 * len(text)


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "HTTP://example.org", "https://مثال.إختبار/خبر"])
def test_an_http_address_may_be_a_link(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>1</script>",
        "file:///etc/passwd",
        "//example.org",
        "https:///example.org",
        "https://bank.example@evil.example/",
        "https://evil.example\\@bank.example",
        "https://example.org/\u202egnp.exe",
        "https://example.org/a b",
        "https://example.org/\n",
    ],
)
def test_any_other_address_is_no_link(url: str | None) -> None:
    assert web_address(url) is None


# ------------------------------------------------------------------ the page as bytes


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(example()) == render(example())


def test_the_page_refers_to_nothing_but_the_addresses_of_posts() -> None:
    page = render(example())
    assert not re.search(r"\bsrc\s*=|@import|url\(", page)
    remote = {href for href in re.findall(r'href="([^"]*)"', page) if not href.startswith("#")}
    assert remote == {"https://example.org/field_notes/status/1"}
    assert page.count('rel="noreferrer noopener nofollow"') == 1


def test_the_policy_allows_the_page_its_own_style_sheet_and_nothing_else() -> None:
    page = render(example())
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in page
    assert "style=" not in page


def test_the_words_of_the_page_are_neutral() -> None:
    page = render(example()) + render(replace(example(), findings=()))
    words = re.sub(r"<[^>]*>", " ", page)  # aria-hidden="true" is no word
    assert not re.search(r"\b(fake|hoax|lie|lies|alert|violation|true|false|verdict)\b", words, re.IGNORECASE)


def test_an_implied_claim_is_quoted() -> None:
    assert "implied by its words “<bdi>the Syrian regime&#39;s</bdi>”" in render(example())


def test_an_inherited_claim_says_from_which_post() -> None:
    assert "inherited from post <bdi>en-1</bdi>" in render(example())


def test_a_gloss_says_that_it_is_no_translation_and_how_much_it_knew() -> None:
    assert "word-by-word gloss, not a translation, 82% of its words known" in render(example())


def test_pairs_that_are_not_listed_are_counted() -> None:
    assert "2 more pairs of this group not listed" in render(example())
    finding = replace(example().findings[0], omitted=0)
    assert "not listed" not in render(replace(example(), findings=(finding,)))


def test_times_are_in_utc() -> None:
    assert '<time datetime="2020-03-01T09:40:00Z">2020-03-01T09:40:00Z</time>' in render(example())


def test_what_could_not_be_read_is_listed_with_file_line_and_reason() -> None:
    row = "<td><bdi>posts.jsonl</bdi></td><td>3</td><td><bdi>not JSON: a comma is missing after &#34;id&#34;</bdi></td>"
    assert row in render(example())


def test_the_link_between_the_posts_in_conflict_comes_first() -> None:
    page = render(example())
    assert page.index("Posted 1 h 25 min apart.") < page.index("3 rare words correspond.")


def test_a_report_without_findings_says_what_was_compared() -> None:
    page = render(replace(example(), findings=()))
    assert "6 posts read and compared, 2 groups of linked posts found" in page


def test_an_empty_report_is_a_page() -> None:
    empty = replace(example(), findings=(), groups=(), posts={}, counts={}, problems=(), provenance={})
    assert "0 posts read and compared" in render(empty)


def test_a_post_that_claims_two_places_is_shown_once_and_named_twice() -> None:
    finding = example().findings[0]
    both = (*finding.claims, PlaceClaim(SYRIA, ("en-1",), None))
    page = render(replace(example(), findings=(replace(finding, claims=both),)))
    assert page.count('<article class="post" id="f1-2">') == 1
    assert 'Shown beside another place: <a class="id" href="#f1-2">' in page


def test_findings_after_the_first_few_are_folded() -> None:
    page = render(replace(example(), findings=example().findings * 10))
    assert len(re.findall(r'<details class="finding" id="[^"]*" open>', page)) == 3
    assert len(re.findall(r'<details class="finding" id="[^"]*">', page)) == 7


# ------------------------------------------------------------------ the page in a browser

HOSTILE = """<script>document.title = "ran"</script></script></style><style>*{display:none}</style>
<img src=x onerror='document.title="ran"'><svg onload=alert(1)><iframe src="https://example.com"></iframe>
"><b id="canary">'"`{{ 7 * 7 }}{% raw %}<!--<base href="//example.com"><meta http-equiv=refresh content=0>"""


def test_hostile_words_run_nothing_and_build_nothing(browser: Browser, tmp_path: Path) -> None:
    report = with_text(HOSTILE, author=HOSTILE, platform=HOSTILE, url=f"javascript:alert(1)//{HOSTILE}")
    finding = replace(report.findings[0], summary=HOSTILE, id=HOSTILE)
    report = replace(report, findings=(finding,), problems=(Problem(HOSTILE, 1, HOSTILE),), counts={HOSTILE: 1})
    dumped = open_report(browser, tmp_path, report)
    assert '&lt;script&gt;document.title = "ran"&lt;/script&gt;' in dumped
    assert browser.value("document.title") == "crosspost report"
    built = "script, iframe, img, object, embed, link, base, form, #canary, [http-equiv=refresh], body style"
    assert browser.value(f"document.querySelectorAll('{built}').length") == 0
    attributes = "[...document.querySelectorAll('*')].flatMap(element => element.getAttributeNames())"
    assert browser.value(f"{attributes}.filter(name => name.startsWith('on') || name == 'style').length") == 0
    assert browser.value("[...document.links].every(link => /^(https?|file):/.test(link.protocol))")
    assert browser.value("document.querySelector('#f1-2 .original').textContent") == HOSTILE


def test_opening_the_page_asks_for_nothing_and_the_policy_has_nothing_to_stop(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, example())
    assert browser.requested() == [(tmp_path / "report.html").as_uri()]
    assert browser.complaints() == []


def test_the_policy_lets_the_style_sheet_through(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, example())
    assert browser.value("getComputedStyle(document.querySelector('.columns')).display") == "grid"


def test_arabic_runs_from_right_to_left_and_the_rest_of_the_page_does_not(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, example())
    direction = "getComputedStyle(document.querySelector('#{} .original')).direction"
    assert browser.value(direction.format("f1-1")) == "rtl"
    assert browser.value(direction.format("f1-2")) == "ltr"
    assert browser.value("getComputedStyle(document.querySelector('#f1-1')).direction") == "ltr"
    # Not only computed: the first word stands to the right of the last one.
    left = "[...document.querySelectorAll('#f1-1 mark')].map(mark => mark.getClientRects()[0].left)"
    assert browser.value(f"(left => left[0] > left[1])({left})")


def test_a_badge_does_not_turn_the_direction_of_an_arabic_text(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, with_text(f"\u202e{ARABIC}"))
    assert browser.value("getComputedStyle(document.querySelector('#f1-2 .original')).direction") == "rtl"
    assert browser.value("document.body.textContent.includes('\u202e')") is False


def test_words_are_marked_in_both_languages(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, example())
    words = "[...document.querySelectorAll('#{} mark.{}')].map(mark => mark.textContent)"
    assert browser.value(words.format("f1-1", "aligned")) == ["فيديو", "طائرة مسيرة", "تدمير", "بانتسير"]
    assert browser.value(words.format("f1-1", "place")) == ["في ليبيا"]
    assert browser.value(words.format("f1-2", "differs")) == ["Saraqib"]
    assert browser.value(words.format("f1-3", "denied")) == ["en Libye"]
    assert browser.value("document.querySelector('#f1-3 .denied').title").startswith("Libya: located, denied")


@pytest.mark.parametrize("width", [400, 1200])
def test_a_word_of_a_megabyte_wraps(browser: Browser, tmp_path: Path, width: int) -> None:
    word = "x" * 1_000_000
    open_report(browser, tmp_path, with_text(word, author="y" * 5_000, url="https://example.org/" + "z" * 5_000), width)
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value("document.querySelector('#f1-2 .original').textContent.length") == len(word)


def test_the_page_fits_a_phone(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, example(), 320)
    assert browser.value("document.documentElement.scrollWidth") <= 320


def test_what_is_folded_is_printed(browser: Browser, tmp_path: Path) -> None:
    open_report(browser, tmp_path, example())
    seen = "document.querySelector('#g1-1 .original').checkVisibility()"
    assert browser.value(seen) is False
    browser.ask("Emulation.setEmulatedMedia", media="print")
    assert browser.value(seen) is True
    browser.ask("Emulation.setEmulatedMedia", media="")
