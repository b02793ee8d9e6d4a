"""A post in several languages: where one piece ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from crosspost.language import cleaning, scripts
from crosspost.models import LanguageSpan

_SENTENCE_END = re.compile(r"[.!?؟…|/:;–—]\s+|[»”\"]\s+|\s[«“\"]|\s[|/–—]|\n|\u2028")
_LETTERS = re.compile(r"[^\W\d_]+")
_PLAIN_WORD = re.compile(r"\b[a-zà-ÿ]")
_MOST_PIECES = 200  # of one post, which bounds the time that a hostile text can take


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a piece of text is taken for.

    `words` and `listed` count its words and those of them that a list of common words has.
    """

    code: str
    confidence: float
    words: int
    listed: int


def spans(text: str, main_script: str, judge: Callable[[Sequence[str]], Sequence[Verdict]]) -> tuple[LanguageSpan, ...]:
    """Return the pieces of a text in several languages, in order, or () when it is in one.

    A piece in the main script counts with three words (two, when one is common) and 0.9 confidence; a piece in another
    script, which may be a mere name,
    with a common word of its language. A piece that does not count joins the one before it.
    """
    shown = cleaning.without_noise(text)
    bounds = _bounds(shown)
    if len(bounds) < 2:
        return ()
    merged: list[LanguageSpan] = []
    for (start, end, script), verdict in zip(
        bounds, judge([shown[start:end] for start, end, _ in bounds]), strict=True
    ):
        if not _counts(shown[start:end], script, main_script, verdict):
            if merged:
                merged[-1] = LanguageSpan(merged[-1].code, merged[-1].start, end)
        elif merged and merged[-1].code == verdict.code:
            merged[-1] = LanguageSpan(verdict.code, merged[-1].start, end)
        else:
            merged.append(LanguageSpan(verdict.code, start if merged else 0, end))
    if len({span.code for span in merged}) < 2:
        return ()
    return tuple(_trimmed(text, span) for span in merged)


def _counts(piece: str, script: str, main_script: str, verdict: Verdict) -> bool:
    """Return whether a piece is a piece in its own right."""
    if verdict.code == "und":
        return False
    if script == main_script:
        return verdict.confidence >= 0.9 and (verdict.words >= 3 or (verdict.words == 2 and verdict.listed >= 1))
    if script == "Latin" and (verdict.words < 2 or not (verdict.words >= 4 or _PLAIN_WORD.search(piece))):
        return False  # a title: Fast Company, Speed Test
    return verdict.listed >= 1 and verdict.confidence >= 0.5


def _bounds(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and script of the runs of one script inside one sentence, covering the text.

    [] when there are too many.
    """
    starts: list[tuple[int, str]] = []
    sentence = 0
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    place, last = 0, ""
    for match in _LETTERS.finditer(text):
        new_sentence = False
        while place < len(ends) and ends[place] <= match.start():
            place, new_sentence, sentence = place + 1, True, ends[place]
        script = scripts.word_script(match.group())
        if not starts or new_sentence or script != last:
            starts.append((sentence if new_sentence else match.start(), script))
            if len(starts) > _MOST_PIECES:
                return []
        last = script
    return [(start, end, script) for (start, script), (end, _) in pairwise([*starts, (len(text), "")])]


def _trimmed(text: str, span: LanguageSpan) -> LanguageSpan:
    """Return the span without the white space at its ends."""
    piece = text[span.start : span.end]
    return LanguageSpan(span.code, span.end - len(piece.lstrip()), span.start + len(piece.rstrip()))
