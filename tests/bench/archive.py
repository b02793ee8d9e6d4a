"""Print what the archive costs and finds: `archive.py [--posts N] [--queries N]`.

Posts are made as in `check.py` beside this file. Of some a reworded copy is searched for: a third of the words left
out, the rest in another order, three words of others put in. Adding is given as a ratio to annotating alone, in CPU
time of one run; a search with and without the annotation of its query.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

from check import made

import crosspost
from crosspost.archive import Archive
from crosspost.archive.search import nearest
from crosspost.models import Post

LIMIT = 10  # the default of the command line


def reworded(post: Post, chance: random.Random) -> Post:
    words = post.text.split()
    kept = chance.sample(words, max(4, len(words) * 2 // 3))
    return Post(id=f"again-{post.id}", text=" ".join([*kept, *chance.choices(("today", "near", "many", "seen"), k=3)]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=500)
    args = parser.parse_args()
    chance = random.Random(7)  # noqa: S311  # repeatable, not secret
    checker = crosspost.Checker()
    posts = [*made(args.posts)]
    checker.annotate(posts[:1_000])  # loads what is loaded late
    some = posts[:: max(1, len(posts) // 5_000)]
    started = time.process_time()
    checker.annotate(some)
    alone = (time.process_time() - started) / len(some)
    with tempfile.TemporaryDirectory() as folder, Archive(f"{folder}/store.db", checker, create=True) as archive:
        started = time.process_time()
        archive.add(posts)
        adding = (time.process_time() - started) / len(posts)
        size = sum(file.stat().st_size for file in Path(folder).iterdir())
        queries = [reworded(post, chance) for post in chance.sample(posts, args.queries)]
        seconds, searching, found = [], [], 0
        store = archive._store  # noqa: SLF001  # the two parts of a search are timed apart
        with store.reading():
            for query in queries:
                started = time.process_time()
                (annotation,) = checker.annotate([query])
                middle = time.process_time()
                matches = nearest(store, annotation, LIMIT)
                seconds.append(time.process_time() - started)
                searching.append(time.process_time() - middle)
                found += query.id.removeprefix("again-") in [match.id for match in matches]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(posts)} posts, {size / 1e6:.0f} MB on disk, {memory:.0f} MB in memory at the most")
    print(f"adding: {1e3 * adding:.2f} ms a post, {adding / alone:.2f} times annotating alone")
    print(
        f"a search: {1e3 * statistics.median(seconds):.1f} CPU ms at the median"
        f" ({1e3 * statistics.median(searching):.1f} ms without annotating the query),"
        f" {1e3 * statistics.quantiles(seconds, n=20)[-1]:.1f} ms at the 95th percentile"
    )
    print(f"reworded copies among the first {LIMIT}: {100 * found / len(queries):.1f}% of {len(queries)}")


if __name__ == "__main__":
    main()
