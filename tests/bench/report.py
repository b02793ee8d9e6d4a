"""Print what the page of a report costs: `report.py [--findings N] [--copies N] [--out DIR]`.

A finding of the shipped example (three posts, in Arabic, English and French) is repeated N times under other ids; beside
it stands one finding of N copies of a text under two places. The time to write the page is given as a ratio to that of
the same report as JSON, in one run. Where a Chromium is there, the pages are opened in it: the longest task after the
page has loaded, and while a word is searched and all that is left is unfolded.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import crosspost
from crosspost.models import Annotation, Finding, Group, Report
from crosspost.report import render

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "examples" / "posts.jsonl"
POSTS = ("tg-7", "x-101", "x-102")


def repeated(count: int) -> Report:
    """The finding of the shipped example, so many times."""
    example = crosspost.check([post for post in crosspost.read(EXAMPLE) if post.id in POSTS])
    (group,), (finding,) = example.groups, example.findings
    copies = [_renamed(example, group, finding, f"{number}-") for number in range(count)]
    return replace(
        example,
        counts={"posts": len(POSTS) * count, "unreadable": 0, "groups": count, "findings": count},
        groups=tuple(group for group, _, _ in copies),
        findings=tuple(finding for _, finding, _ in copies),
        posts={post.id: post for _, _, posts in copies for post in posts},
    )


def _renamed(report: Report, group: Group, finding: Finding, prefix: str) -> tuple[Group, Finding, list[Annotation]]:
    posts = tuple(prefix + post for post in group.posts)
    links = tuple(replace(link, a=prefix + link.a, b=prefix + link.b) for link in group.links)
    claims = tuple(replace(claim, posts=tuple(prefix + post for post in claim.posts)) for claim in finding.claims)
    conflicts = tuple(replace(item, a=prefix + item.a, b=prefix + item.b) for item in finding.conflicts)
    shared = {"group": prefix + group.id, "posts": posts, "links": links, "claims": claims, "conflicts": conflicts}
    annotations = [
        replace(annotation, post=annotation.post.model_copy(update={"id": prefix + annotation.id}))
        for annotation in report.posts.values()
    ]
    return (
        replace(group, id=prefix + group.id, posts=posts, links=links),
        replace(finding, id=prefix + finding.id, **shared),
        annotations,
    )


def copied(count: int) -> Report:
    """One finding of so many copies of a text, half of them under another place."""
    first, *_ = [post for post in crosspost.read(EXAMPLE) if post.id == "x-101"]
    assert first.created_at is not None  # noqa: S101  # the shipped example has times
    there = first.text.replace("Idlib", "Sirte")
    return crosspost.check(
        first.model_copy(
            update={
                "id": f"copy-{number}",
                "author": f"@copier_{number}",
                "text": first.text if number % 2 else there,
                "created_at": first.created_at + timedelta(minutes=number),
            }
        )
        for number in range(count)
    )


def seconds(report: Report, form: str) -> float:
    """The least CPU time of three runs."""
    return min(_once(report, form) for _ in range(3))


def _once(report: Report, form: str) -> float:
    started = time.process_time()
    render(report, form)
    return time.process_time() - started


def longest_tasks(page: Path) -> Iterator[tuple[str, float]]:
    """What is done on a page, and the longest task in milliseconds that Chromium had while that was done."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.add_init_script(
            "window.tasks = []; new PerformanceObserver(list => tasks.push(...list.getEntries().map(entry =>"
            " [entry.startTime, entry.duration]))).observe({type: 'longtask', buffered: true})"
        )
        tab.goto(page.as_uri())
        tab.wait_for_timeout(2_000)
        loaded = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        yield "until loaded (all of it)", loaded

        def longest(since: float) -> float:
            tab.wait_for_timeout(1_500)
            return max([0.0, *(took for at, took in tab.evaluate("window.tasks") if at >= since)])

        yield "after loading", longest(loaded)
        for name, act in (
            ("scrolling", "scrollTo(0, document.body.scrollHeight / 2)"),
            ("unfolding one", "[...document.querySelectorAll('.finding')].at(-1).open = true"),
            ("searching", "search.value = 'KamAZ'; search.dispatchEvent(new Event('input'))"),
            ("searching for nothing", "search.value = 'zzz'; search.dispatchEvent(new Event('input'))"),
        ):
            since = tab.evaluate("performance.now()")
            tab.evaluate(act)
            yield name, longest(since)
        browser.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=1_000)
    parser.add_argument("--copies", type=int, default=2_000)
    parser.add_argument("--out", type=Path, help="keep the pages in this folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.out or Path(temporary)
        for name, report in (("findings", repeated(given.findings)), ("copies", copied(given.copies))):
            page = folder / f"{name}.html"
            html = render(report, "html")
            page.write_text(html, encoding="utf-8")
            size, ratio = len(html.encode()) / 1e6, seconds(report, "html") / seconds(report, "json")
            print(f"{name}\t{size:.2f} MB\twritten in {ratio:.2f} times the time of its JSON")
            if shutil.which("chromium"):
                for act, milliseconds in longest_tasks(page):
                    print(f"  {act}\t{milliseconds:.0f} ms")


if __name__ == "__main__":
    main()
