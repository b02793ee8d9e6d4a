"""Print whether translation loses or mixes up anything: `translation.py [--texts N] [--calls N] [--threads N]`.

Two runs against services played on 127.0.0.1: `crosspost translate` killed at random points (SIGKILL) until all texts
are in the memory, with every call counted; and many calls at once on one translator of each service, every answer
compared with the text it belongs to.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

from fake_services import KEYS, SPEAKING, libretranslate, rerouted
from loopback import Request, serving

from crosspost.models import Passage
from crosspost.translate.memory import Memory
from crosspost.translate.online import Online

KILLS = 12


def text(number: int) -> str:
    return f"شارع رقم X{number} في المدينة"


def reply(asked: str) -> str:
    return f"street number {asked.split()[2]} in the city"


def kept(memory: pathlib.Path) -> set[str]:
    opened = Memory(memory, create=True)
    texts = {row["text"] for row in map(json.loads, opened.export()) if row["quality"] != "failed"}
    opened.close()
    return texts


def killed(texts: int, folder: pathlib.Path) -> None:
    """Kill a run again and again; print what was asked for twice and what is missing in the end."""
    chance = random.Random(11)  # noqa: S311  # repeatable, not secret
    posts, memory = folder / "posts.jsonl", folder / "memory.db"
    posts.write_text(
        "".join(json.dumps({"id": str(n), "text": text(n)}) + "\n" for n in range(texts)), encoding="utf-8"
    )
    seen: Counter[str] = Counter()
    turn = threading.Lock()

    def play(request: Request) -> Iterator[bytes]:
        with turn:
            seen.update(json.loads(request.body)["q"])
        time.sleep(chance.uniform(0, 0.01))
        return libretranslate(reply)(request)

    repeated, kills = 0, 0
    acknowledged: Counter[str] = Counter()
    with serving(play) as server:
        command = [sys.executable, "-m", "crosspost", "translate", str(posts), "--memory", str(memory), "-q"]
        code: int | None = None
        while code is None:
            before = len(server.asked)
            running = subprocess.Popen(  # this program itself
                [*command, "--translator", f"libretranslate={server.url}"], stderr=subprocess.DEVNULL
            )
            if kills < KILLS:
                after = chance.randint(1, max(1, texts // 16 // KILLS))
                while len(server.asked) < before + after and running.poll() is None:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 0.02))
                running.send_signal(signal.SIGKILL)
                kills += running.wait() == -signal.SIGKILL
            code = None if (ended := running.wait()) < 0 else ended
            repeated += sum(seen[known] > times for known, times in acknowledged.items())
            acknowledged = Counter({known: seen[known] for known in kept(memory)})
    in_flight = seen.total() - texts
    missing = {text(number) for number in range(texts)} - kept(memory)
    print(
        f"{texts} texts, killed {kills} times: {len(server.asked)} requests, {seen.total()} texts asked for; "
        f"acknowledged ones asked for again: {repeated}; in flight when killed: {in_flight}; "
        f"lost: {len(missing)}; exit code {code}"
    )


def mixed_up(engine: str, calls: int, threads: int) -> None:
    """Make calls from many threads on one translator; print how many got the answer to another text."""
    with serving(SPEAKING[engine](reply)) as server:
        online = Online(rerouted(engine, server.port, deadline=60, patience=120), say=lambda _: None, workers=threads)

        def ask(number: int) -> str:
            (made,) = online.translate([Passage(text(number), "ar")])
            return made.text if made.quality != "failed" else f"failed: {made.warnings[0]}"

        started = time.monotonic()
        with ThreadPoolExecutor(threads) as pool:
            answers = list(pool.map(ask, range(calls)))
        seconds = time.monotonic() - started
    failed = sum(made.startswith("failed") for made in answers)
    right = sum(made == reply(text(number)) for number, made in enumerate(answers))
    wrong = calls - right - failed
    print(f"{engine}: {calls} calls from {threads} threads at once, {seconds:.0f} s: {wrong} wrong, {failed} failed")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=5_000)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=32)
    args = parser.parse_args()
    os.environ.update(KEYS)
    with tempfile.TemporaryDirectory() as folder:
        killed(args.texts, pathlib.Path(folder))
    for engine in SPEAKING:
        mixed_up(engine, args.calls, args.threads)


if __name__ == "__main__":
    main()
