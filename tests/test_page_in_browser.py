"""The page in a real Chromium: hostile posts, directions, layout, keyboard, search and notes, without any request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from example_report import (
    ARABIC,
    ENGLISH,
    FRENCH,
    IDLIB,
    LIBYA,
    annotation,
    claim,
    example,
    of_annotations,
    of_many,
    spans,
    with_text,
)
from playwright.sync_api import Browser, Page

import crosspost
from crosspost.models import Evidence, Post, Problem, Report
from crosspost.report.html import render

EXPORT = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"

HOSTILE = """<script>document.title = "ran"</script></script></style><style>*{display:none}</style>
<img src=x onerror='document.title="ran"'><svg onload=alert(1)><iframe src="https://example.com"></iframe>
"><b id="canary">'"`{{ 7 * 7 }}{% raw %}<!--<base href="//example.com"><meta http-equiv=refresh content=0>"""


class Opened:
    """A report opened in a tab that remembers what it asked for and what it complained about."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page, self.file = page, file
        self.requested: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def show(self, report: Report, width: int = 1280, height: int = 900) -> Page:
        self.file.write_text(render(report), encoding="utf-8")
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(self.file.as_uri())
        return self.page


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    with browser.new_context(accept_downloads=True) as context:
        yield Opened(context.new_page(), tmp_path / "report.html")


def of_three_languages() -> Report:
    return crosspost.check(crosspost.read(EXPORT))


def of_long_posts() -> Report:
    """Posts of 3,000 characters in three languages, a word without a break, and emoji."""
    texts = {
        "en": f"{ENGLISH} {'The column moved along the river road before dawn. ' * 58}",
        "ar": f"{ARABIC} {'تحركت القافلة على طول طريق النهر قبل الفجر. ' * 66}",
        "fr": f"{FRENCH} {'La colonne avançait le long de la rivière avant l’aube. ' * 53}",
        "und": "🔥👨‍👩‍👧❤️‍🔥🇱🇾" * 100 + "w" * 2_000,
    }
    claims = {"en": ("in Idlib", IDLIB), "ar": ("في ليبيا", LIBYA)}
    return of_annotations(
        [
            annotation(
                Post.model_validate({"id": code, "text": text[:3_000], "author": "a" * 200}),
                code,
                (claim(text, *claims[code]),) if code in claims else (),
                gloss="word by word " * 200 if code in ("ar", "fr") else "",
            )
            for code, text in texts.items()
        ]
    )


def of_hostile_posts() -> Report:
    report = with_text(HOSTILE, author=HOSTILE, platform=HOSTILE, url=f"javascript:alert(1)//{HOSTILE}")
    finding = replace(report.findings[0], summary=HOSTILE, id=HOSTILE)
    return replace(report, findings=(finding,), problems=(Problem(HOSTILE, 1, HOSTILE),), counts={HOSTILE: 1})


REPORTS: dict[str, Callable[[], Report]] = {
    "three-languages": of_three_languages,
    "long-posts": of_long_posts,
    "hostile-posts": of_hostile_posts,
    "sixty-posts": lambda: of_many(60, author="@somebody"),
    "nothing-found": lambda: replace(example(), findings=(), groups=()),
}


# ------------------------------------------------------------------ looked at


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible_and_as_wide_as_its_window(
    opened: Opened, tmp_path_factory: pytest.TempPathFactory, name: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    opened.page.emulate_media(color_scheme=scheme)
    page = opened.show(REPORTS[name](), width)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.screenshot(path=tmp_path_factory.getbasetemp() / f"page-{name}-{width}-{scheme}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    checked = Axe().run(page, options={"resultTypes": ["violations"]})
    found = checked.response["violations"]
    assert [(item["id"], node["html"]) for item in found for node in item["nodes"]] == []
    assert opened.complaints == []
    assert opened.requested == [opened.file.as_uri()]


def test_without_scripts_everything_can_be_read(browser: Browser, tmp_path: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = Opened(context.new_page(), tmp_path / "report.html").show(of_three_languages())
        assert page.locator("#f1A1 .t").first.is_visible()
        assert page.locator("#f1A1 u[data-w]").first.is_visible()
        assert page.locator(".tools").is_hidden()
        assert page.locator(".note").count() == 0


def test_what_is_folded_is_printed(opened: Opened) -> None:
    page = opened.show(of_three_languages())
    seen = "document.querySelector('.group .t').checkVisibility()"
    assert page.evaluate(seen) is False
    page.emulate_media(media="print")
    assert page.evaluate(seen) is True
    assert page.locator(".tools").is_hidden()


# ------------------------------------------------------------------ hostile posts


def test_hostile_words_run_nothing_and_build_nothing(opened: Opened) -> None:
    page = opened.show(of_hostile_posts())
    assert page.title() == "crosspost report"
    built = (
        "script:not(:last-of-type), iframe, img, object, embed, link, base, #canary, [http-equiv=refresh], body style"
    )
    assert page.locator(built).count() == 0
    names = page.evaluate("[...document.querySelectorAll('*')].flatMap(element => element.getAttributeNames())")
    assert [name for name in names if name.startswith("on") or name == "style"] == []
    assert page.evaluate("[...document.links].every(link => /^(https?|file):/.test(link.protocol))")
    assert page.locator("#f1A1 .t").text_content() == HOSTILE
    assert opened.complaints == []


def test_the_policy_stops_a_script_and_a_request_that_were_put_in_by_force(opened: Opened) -> None:
    page = opened.show(example())
    page.evaluate(
        "document.body.append(document.createRange().createContextualFragment('<script>document.title = 1</script>'))"
    )
    page.evaluate("src => document.body.append(Object.assign(new Image(), {src}))", "http://127.0.0.1:9/x.png")
    page.wait_for_timeout(100)
    assert page.title() == "crosspost report"
    assert len([text for text in opened.complaints if "Content Security Policy" in text]) == 2


@pytest.mark.parametrize("width", [390, 1280])
def test_a_word_of_a_megabyte_wraps(opened: Opened, width: int) -> None:
    report = with_text("x" * 1_000_000, author="y" * 5_000, url="https://example.org/" + "z" * 5_000)
    page = opened.show(report, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_text("935,000 more characters of this text").is_visible()


def test_no_override_reaches_the_page_and_each_is_seen(opened: Opened) -> None:
    page = opened.show(with_text("gpj.\u202eexe \u200b zero", author="\u202eeve"))
    assert page.evaluate("/[\\u202e\\u200b]/.test(document.documentElement.textContent)") is False
    assert page.locator("#f1A1 .odd").all_text_contents() == ["⟦202E⟧", "⟦202E⟧", "⟦200B⟧"]


def test_stacked_accents_paint_nothing_outside_their_post(opened: Opened) -> None:
    page = opened.show(with_text("Z" + "\u0300" * 500))
    assert page.evaluate("getComputedStyle(document.querySelector('#f1A1')).contain") == "paint"


# ------------------------------------------------------------------ directions and marks


def test_arabic_runs_from_right_to_left_and_the_rest_of_the_page_does_not(opened: Opened) -> None:
    page = opened.show(example())
    direction = "id => getComputedStyle(document.querySelector(id)).direction"
    assert page.evaluate(direction, "#f1B1 .t") == "rtl"
    assert page.evaluate(direction, "#f1A1 .t") == "ltr"
    assert page.evaluate(direction, "#f1B1") == "ltr"
    # Not only computed: on a line, a word stands to the left of the one before.
    boxes = "[...document.querySelectorAll('#f1B1 [dir=rtl] u')].map(word => word.getClientRects()[0])"
    seen = page.evaluate(f"{boxes}.map(box => [Math.round(box.top / 30), -box.left])")
    assert len(seen) == 4
    assert seen == sorted(seen)


def test_numbers_of_words_do_not_reorder_an_arabic_text(opened: Opened) -> None:
    text = "في الساعة 4:30 سفينة Silver Heron تدمير"
    words = spans(text, "4", "30", "Silver", "Heron")
    report = example()
    link = replace(report.findings[0].links[1], evidence=(Evidence("words", 1.0, "words", words, words),))
    posts = {id_: annotation(Post(id=id_, text=text), "ar") for id_ in ("en-1", "ar-1")}
    finding = replace(report.findings[0], links=(link,), differences=())
    page = opened.show(replace(report, findings=(finding,), posts={**report.posts, **posts}))
    left = "[...document.querySelectorAll('#f1A1 u')].map(word => word.getClientRects()[0].left)"
    hour, minutes, silver, heron = page.evaluate(left)
    assert hour < minutes
    assert silver < heron
    assert silver < hour


def test_a_badge_does_not_turn_the_direction_of_an_arabic_text(opened: Opened) -> None:
    report = example()
    unknown = annotation(Post(id="en-1", text=f"\u202e{ARABIC}"), "und")
    page = opened.show(replace(report, posts={**report.posts, "en-1": unknown}))
    assert page.evaluate("getComputedStyle(document.querySelector('#f1A1 .t')).unicodeBidi") == "plaintext"
    badge, word = (
        page.evaluate("query => document.querySelector(query).getBoundingClientRect().x", query)
        for query in ("#f1A1 .odd", "#f1A1 .t")
    )
    assert badge > word


def test_words_that_correspond_have_the_same_number_in_post_pivot_and_post(opened: Opened) -> None:
    page = opened.show(example())
    words = "number => [...document.querySelectorAll(`[data-w='${number}']`)].map(word => word.textContent)"
    assert page.evaluate(words, "1") == ["with", "Drone", "طائرة مسيرة", "drone", "drone"]
    assert page.locator("#f1x1 .n").text_content() == "en Libye"
    assert page.locator("#f1A1 mark").all_text_contents() == ["the Syrian regime's", "in Idlib", "this morning"]


def test_numbers_and_letters_can_be_seen_beside_the_colours(opened: Opened) -> None:
    page = opened.show(example())
    after = "query => getComputedStyle(document.querySelector(query), '::after').content"
    assert page.evaluate(after, "#f1A1 u") == '"1"'
    assert page.evaluate(after, "#f1B1 [data-l]") == '"B"'


def test_pointing_at_a_word_shows_its_counterparts(opened: Opened) -> None:
    page = opened.show(example())
    page.locator("#f1A1 u").first.hover()
    assert page.locator(".lit").all_text_contents() == ["Drone", "طائرة مسيرة", "drone", "drone"]


# ------------------------------------------------------------------ use


def test_a_finding_is_reached_and_unfolded_by_the_keyboard(opened: Opened) -> None:
    report = example()
    others = tuple(replace(report.findings[0], id=f"f-{number}") for number in range(4))
    page = opened.show(replace(report, findings=others))
    last = page.locator(".f").last
    assert last.get_attribute("open") is None
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").is_visible()
    last.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert last.get_attribute("open") is not None
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_a_link_to_a_folded_post_unfolds_it(opened: Opened) -> None:
    page = opened.show(of_many(60))
    assert page.locator("#f1A20").is_hidden()
    page.evaluate("location.hash = 'f1A20'")
    page.locator("#f1A20").wait_for(state="visible")


def test_searching_leaves_the_findings_that_hold_all_words(opened: Opened) -> None:
    report = example()
    posts = {**report.posts, "q": annotation(Post(id="q", text="Été à Zürich, الرقّة"), "fr")}
    other = replace(report.findings[0], id="f-2", posts=("q",), claims=(), conflicts=(), links=(), disputes=())
    other = replace(other, level="possible", differences=())
    page = opened.show(replace(report, findings=(report.findings[0], other), posts=posts))
    for words, shown in (
        ("zurich ETE", ["f-2"]),
        ("الرقة", ["f-2"]),
        ("الرقه", ["f-2"]),
        ("saraqib", ["f-4c1d"]),
        ("nowhere", []),
    ):
        page.get_by_label("Search").fill(words)
        page.wait_for_function(
            "count => document.querySelector('output').value.startsWith(count)", arg=f"{len(shown)} of 2"
        )
        assert [f.get_attribute("id") for f in page.locator(".f").all() if f.is_visible()] == shown
    assert page.get_by_text("No finding holds these words.").is_visible()
    page.get_by_label("Search").fill("")
    page.get_by_label("Level").select_option("possible")
    page.wait_for_function("document.querySelector('output').value == '1 of 2 shown'")


def test_a_note_is_exported_to_a_file_and_can_be_loaded_again(opened: Opened, tmp_path: Path) -> None:
    page = opened.show(example())
    page.get_by_label("What you found").select_option(label="the place is Libya")
    page.get_by_label("In your words").fill("Railway line matches. سكة")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export notes").click()
    file = tmp_path / "notes.json"
    download.value.save_as(file)
    note = {"finding": "f-4c1d", "outcome": "place LY", "words": "Railway line matches. سكة"}
    assert json.loads(file.read_text(encoding="utf-8")) == {"schema": "crosspost.notes/1", "notes": [note]}
    page = opened.show(example())
    page.get_by_label("Load notes").set_input_files(file)
    page.wait_for_function("document.querySelector('output').value.startsWith('1 of 1 notes')")
    assert page.get_by_label("In your words").input_value() == "Railway line matches. سكة"
    assert page.get_by_label("What you found").input_value() == "place LY"
    assert [url for url in opened.requested if not url.startswith(("file:", "blob:"))] == []


def test_a_file_that_holds_no_notes_is_refused_in_words(opened: Opened, tmp_path: Path) -> None:
    page = opened.show(example())
    (tmp_path / "other.json").write_text('{"notes": 3}', encoding="utf-8")
    page.get_by_label("Load notes").set_input_files(tmp_path / "other.json")
    page.wait_for_function("document.querySelector('output').value.startsWith('not a file of notes')")
    assert opened.complaints == []
