"""Print what the page of a report costs: `report.py [--findings N] [--copies N] [--out DIR]`.

Of the shipped cases those whose finding has three posts are repeated under other ids until there are N findings; beside
them stands one finding of N copies of a text under two places. The time to write the page is given as a ratio to that
of the same report as JSON, in one run. Where a Chromium is there, the pages are opened in it: the time until all is
loaded, and the longest task after that and while something is done on the page.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import crosspost
from crosspost.models import Annotation, Finding, Group, Post, Report
from crosspost.report import render

FIXTURES = Path(__file__).parents[2] / "fixtures"
SEARCH = "document.querySelector('[type=search]')"
EXPORT = FIXTURES / "examples" / "posts.jsonl"


def reports_of_three_posts() -> Iterator[Report]:
    """The shipped cases with a finding of three posts."""
    for file in sorted((FIXTURES / "cases").glob("*.case.json")):
        posts = json.loads(file.read_text(encoding="utf-8"))["posts"]
        report = crosspost.check([Post.model_validate(post) for post in posts])
        if [len(finding.posts) for finding in report.findings] == [3]:
            yield report


def repeated(count: int) -> Report:
    """So many findings of three posts."""
    reports = list(reports_of_three_posts())
    copies = [_renamed(report, f"{number}-") for number, report in enumerate(islice(cycle(reports), count))]
    return replace(
        reports[0],
        counts={"posts": 3 * count, "unreadable": 0, "groups": count, "findings": count},
        groups=tuple(group for group, _, _ in copies),
        findings=tuple(finding for _, finding, _ in copies),
        posts={post.id: post for _, _, posts in copies for post in posts},
    )


def _renamed(report: Report, prefix: str) -> tuple[Group, Finding, list[Annotation]]:
    (finding,) = report.findings
    (group,) = [group for group in report.groups if group.id == finding.group]
    posts = tuple(prefix + post for post in group.posts)
    links = tuple(replace(link, a=prefix + link.a, b=prefix + link.b) for link in group.links)
    disputes = tuple(
        replace(item, post=prefix + item.post, of=tuple(prefix + post for post in item.of)) for item in group.disputes
    )
    return (
        replace(group, id=prefix + group.id, posts=posts, links=links, disputes=disputes),
        replace(
            finding,
            id=prefix + finding.id,
            group=prefix + group.id,
            posts=posts,
            links=tuple(replace(link, a=prefix + link.a, b=prefix + link.b) for link in finding.links),
            disputes=disputes,
            claims=tuple(replace(c, posts=tuple(prefix + post for post in c.posts)) for c in finding.claims),
            conflicts=tuple(replace(item, a=prefix + item.a, b=prefix + item.b) for item in finding.conflicts),
            differences=tuple(replace(item, a=prefix + item.a, b=prefix + item.b) for item in finding.differences),
        ),
        [
            replace(report.posts[post], post=report.posts[post].post.model_copy(update={"id": prefix + post}))
            for post in group.posts
        ],
    )


def copied(count: int) -> Report:
    """One finding of so many copies of a text, half of them under another place."""
    first, *_ = [post for post in crosspost.read(EXPORT) if post.id == "x-101"]
    assert first.created_at is not None  # the shipped example has times
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
            return max([0.0, *(float(took) for at, took in tab.evaluate("window.tasks") if at >= since)])

        yield "after loading", longest(loaded)
        for name, act in (
            ("scrolling", "scrollTo(0, document.body.scrollHeight / 2)"),
            ("unfolding one", "[...document.querySelectorAll('.f')].at(-1).open = true"),
            ("searching", f"{SEARCH}.value = 'drone'; {SEARCH}.dispatchEvent(new Event('input'))"),
            ("searching for nothing", f"{SEARCH}.value = 'zzz'; {SEARCH}.dispatchEvent(new Event('input'))"),
        ):
            since = tab.evaluate("performance.now()")
            tab.evaluate(f"setTimeout(() => {{ {act} }})")  # by itself: what the driver runs is no task of the page
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
