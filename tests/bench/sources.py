"""Print what reading costs, as a ratio to bare parsing: `sources.py [--data DIR] [--rows N]`.

Each small export of `fixtures/exports` is repeated until it has some thousand rows, with the numbers of its posts made
new each time; the files of DIR are read as they are, as often as it takes. Bare parsing is `json.loads` on each line
(or on the whole document), or `csv.reader`, of the same bytes, in the same run; the smaller of three measurements each.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import crosspost

EXPORTS = Path(__file__).parents[2] / "fixtures" / "exports"
TABLES = (".csv", ".tsv")
IDS = re.compile(r"\b(?:\d{15,19}|3l[a-z0-9]{11}|DExample\w+|(?:x|tg|fb|Example)-\d+)\b|posts\.example\.org/\d+")
SHORT = ("account.json", "context.json", "windows-1256.csv")


def bare(file: Path) -> None:
    """Parse a file and do nothing with it."""
    if file.suffix in TABLES:
        csv.field_size_limit(1 << 24)
        with file.open(encoding="utf-8", newline="") as lines:
            for _ in csv.reader(lines):
                pass
        return
    with file.open("rb") as lines:
        first = lines.readline()
        try:
            json.loads(first)
        except ValueError:
            json.loads(first + lines.read())
            return
        for line in io.BytesIO(first + lines.read()):
            json.loads(line)


def seconds(do: Callable[[], object]) -> float:
    """The least CPU time of three."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        do()
        taken.append(time.process_time() - started)
    return min(taken)


def enlarged(file: Path, folder: Path, rows: int) -> Path:
    """The rows of an export, repeated with numbers of their own; documents by their longest list."""
    text = file.read_text(encoding="utf-8")
    large = folder / file.name
    if file.suffix in TABLES:
        header, _, body = text.partition("\n")
        mark = max(",;\t", key=header.count)
        records = list(csv.reader(io.StringIO(body), delimiter=mark))
        with large.open("w", encoding="utf-8", newline="") as out:
            out.write(header + "\n")
            writer = csv.writer(out, delimiter=mark)
            writer.writerows([renumbered(cell, i) for cell in row] for i, row in repeated(records, rows))
    elif file.suffix == ".json":
        large.write_text(json.dumps(lengthened(json.loads(text), rows), ensure_ascii=False, indent=1), encoding="utf-8")
    else:
        lines = text.splitlines()
        large.write_text("".join(renumbered(line, i) + "\n" for i, line in repeated(lines, rows)), encoding="utf-8")
    return large


def repeated(items: list[Any], count: int) -> Iterator[tuple[int, Any]]:
    """Items over and over, each with the number of its round."""
    for place in range(count):
        yield place // len(items), items[place % len(items)]


def renumbered(text: str, times: int) -> str:
    """Ids with another ending, so that no post is a copy."""
    return IDS.sub(lambda found: f"{found[0]}{times}", text) if times else text


def lengthened(value: object, rows: int) -> object:
    """A document whose list of posts is repeated."""
    if isinstance(value, list):
        items = [json.loads(renumbered(json.dumps(item), i)) for i, item in repeated(value, rows)]
        return [{**item, "id": place} if isinstance(item.get("id"), int) else item for place, item in enumerate(items)]
    assert isinstance(value, dict)
    name = next(name for name in ("messages", "posts", "feed", "orderedItems") if name in value)
    return {**value, name: lengthened(value[name], rows)}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of exports to be read as they are")
    parser.add_argument("--rows", type=int, default=4000, help="of each enlarged fixture")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        own = Path(__file__).parents[2] / "fixtures" / "examples" / "posts.jsonl"
        files = [enlarged(own, Path(folder), args.rows)]
        files += [enlarged(file, Path(folder), args.rows) for file in sorted(EXPORTS.glob("*/*")) if is_export(file)]
        files += sorted(file for file in args.data.iterdir() if file.is_file()) if args.data else []
        print(f"{'file':34} {'read as':14} {'posts':>7} {'bytes/post':>10} {'us/post':>8} {'bare':>7} {'ratio':>6}")
        for file in files:
            export = crosspost.read(file)
            posts = sum(1 for _ in export)
            ours, parse = seconds(partial(deque, export, 0)), seconds(partial(bare, file))
            each = [file.stat().st_size / posts, ours / posts * 1e6, parse / posts * 1e6]
            print(
                f"{file.name:34} {export.inputs[0]['source']:14} {posts:7} {each[0]:10.0f} {each[1]:8.1f}"
                f" {each[2]:7.1f} {ours / parse:6.2f}"
            )


def is_export(file: Path) -> bool:
    """Whether a file of the fixtures is an export with a list that can be made longer."""
    named = file.name not in SHORT and not file.name.endswith(".posts.jsonl")
    return named and file.suffix in (*TABLES, ".json", ".jsonl", ".ndjson")


if __name__ == "__main__":
    main()
