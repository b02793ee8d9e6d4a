"""What is marked in the words of a post: words that correspond, places, what weighs against; in its pivot text too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Literal

from markupsafe import Markup

from crosspost.models import Annotation, Difference, Link, Span
from crosspost.report.html.visible import shown
from crosspost.text import tokenize
from crosspost.translate.lexicon import english_stem

DIFFERING = "differing-figures"  # the kind of evidence whose spans do not correspond

Numbers = Mapping[tuple[str, Span], int]  # which words correspond: (post, span) -> the number that they share


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A stretch of a text that means something; `label` is the number of a word or the letter of a place, or ""."""

    start: int
    end: int
    kind: Literal["word", "place", "denied", "differs"]
    label: str = ""


_BETWEEN_NEIGHBOURS = ("", " ", "-")
_CLASSES = {"place": "", "denied": " class=n", "differs": " class=x"}  # short: a page has tens of thousands


def correspondences(
    links: Iterable[Link], column_of: Mapping[str, str], posts: Mapping[str, Annotation]
) -> dict[tuple[str, Span], int]:
    """Number the words that correspond, from 1: words joined by links, directly or through others, share a number.

    `column_of` tells the column of each post, in the order of the page: words that only posts of one column share are
    left out, they say nothing on why two columns belong together. So are names of places, which have their letters.
    """
    joined: dict[tuple[str, Span], tuple[str, Span]] = {}

    def first(word: tuple[str, Span]) -> tuple[str, Span]:
        while (before := joined.setdefault(word, word)) != word:
            joined[word] = word = joined[before]
        return word

    for link in links:
        for evidence in link.evidence:
            if evidence.kind != DIFFERING:
                for a, b in zip(evidence.a, evidence.b, strict=False):
                    if not (_names_place(posts[link.a], a) or _names_place(posts[link.b], b)):
                        joined[first((link.b, b))] = first((link.a, a))
    columns: dict[tuple[str, Span], set[str]] = defaultdict(set)
    for word in joined:
        columns[first(word)].add(column_of[word[0]])
    across = [word for word in joined if len(columns[first(word)]) > 1]
    row = {post: at for at, post in enumerate(column_of)}
    numbers: dict[tuple[str, Span], int] = {}
    in_order = sorted(across, key=lambda word: (row[word[0]], word[1]))
    return {word: numbers.setdefault(first(word), len(numbers) + 1) for word in in_order}


def _names_place(annotation: Annotation, span: Span) -> bool:
    return any(
        claim.start is not None and claim.end is not None and claim.start < span[1] and span[0] < claim.end
        for claim in annotation.claims
    )


def differing(links: Iterable[Link], differences: Iterable[Difference]) -> defaultdict[str, set[Span]]:
    """Gather the figures of each post that differ from those of another."""
    found: defaultdict[str, set[Span]] = defaultdict(set)
    for link in links:
        for evidence in link.evidence:
            if evidence.kind == DIFFERING:
                found[link.a].update(evidence.a)
                found[link.b].update(evidence.b)
    for difference in differences:
        for post, span in ((difference.a, difference.a_span), (difference.b, difference.b_span)):
            if span is not None:
                found[post].add(span)
    return found


def in_original(
    annotation: Annotation, letters: Mapping[str, str], numbers: Numbers, differs: Iterable[Span]
) -> list[Mark]:
    """Return the marks of a post's own text; `letters` are those of the finding's places, by id."""
    marks = [Mark(*span, "word", str(number)) for (post, span), number in numbers.items() if post == annotation.id]
    marks += [Mark(*span, "differs") for span in differs]
    for claim in annotation.claims:
        if claim.start is not None and claim.end is not None:
            kind: Literal["denied", "place"] = "denied" if claim.stance == "denied" else "place"
            marks.append(Mark(claim.start, claim.end, kind, letters.get(claim.place.id, "")))
    return marks


def in_pivot(annotation: Annotation, letters: Mapping[str, str], marks: Sequence[Mark]) -> list[Mark]:
    """Carry the marks of a post over to its pivot text: words by what they mean, figures as they are.

    A place that was seen in the pivot alone is marked where its name stands first.
    """
    text = annotation.pivot.text
    at: dict[str, list[Span]] = defaultdict(list)
    for token in reversed(tokenize(text) if marks else []):
        at[english_stem(token.form)].append((token.start, token.end))
    carried = []
    for span, senses in _meanings(annotation, marks):
        over = [mark for mark in marks if mark.start < span[1] and span[0] < mark.end]
        for sense in senses if over else ():
            if at.get(sense):
                start, end = at[sense].pop()
                carried += [Mark(start, end, mark.kind, mark.label) for mark in over]
                break
    for claim in annotation.claims:
        start = text.find(claim.text) if claim.side == "pivot" and claim.text else -1
        if start >= 0:
            carried.append(Mark(start, start + len(claim.text), "place", letters.get(claim.place.id, "")))
    return carried


def _meanings(annotation: Annotation, marks: Iterable[Mark]) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """The words of a post with their stems in the pivot, and the figures in its marks."""
    yield from ((term.span, term.senses) for term in annotation.terms if term.span)
    for mark in marks:
        for figure in re.compile(r"\d+").finditer(annotation.post.text, mark.start, mark.end):
            yield figure.span(), (figure.group(),)


def marked(text: str, marks: Iterable[Mark]) -> Markup:
    """Show a text with its marks.

    Marks may overlap: a piece of the text has the classes of all that cover it. The letter of a place stands on the
    last piece of its name. Marks that reach beyond the text are cut off.
    """
    parts: list[str] = []
    tagged = ((_tags(end, over), text[start:end]) for start, end, over in _pieces(len(text), _joined(text, marks)))
    for (opening, closing), pieces in groupby(tagged, key=itemgetter(0)):
        parts += (opening, shown("".join(piece for _, piece in pieces)), closing)
    return Markup("".join(parts))  # noqa: S704  # tags of our own around what is escaped


def _joined(text: str, marks: Iterable[Mark]) -> Iterator[Mark]:
    """Make one mark of neighbouring words that share a number, as "night vision" or "on fire" do."""
    last: Mark | None = None
    for mark in sorted(marks):
        if mark.kind != "word":
            yield mark
        elif last and mark.label == last.label and text[last.end : mark.start] in _BETWEEN_NEIGHBOURS:
            last = replace(last, end=max(last.end, mark.end))
        else:
            if last:
                yield last
            last = mark
    if last:
        yield last


def _pieces(length: int, marks: Iterable[Mark]) -> Iterator[tuple[int, int, list[Mark]]]:
    clipped = {Mark(max(mark.start, 0), min(mark.end, length), mark.kind, mark.label) for mark in marks}
    waiting = sorted((mark for mark in clipped if mark.start < mark.end), reverse=True)
    cuts = sorted({0, length, *(mark.start for mark in waiting), *(mark.end for mark in waiting)})
    active: list[Mark] = []
    for start, end in pairwise(cuts):
        active = [mark for mark in active if mark.end > start]
        while waiting and waiting[-1].start == start:
            active.append(waiting.pop())
        yield start, end, active


def _tags(end: int, over: Sequence[Mark]) -> tuple[str, str]:
    """The tags around a piece: <mark> for what is said of a place or figure, <u> for a word that corresponds."""
    words = [int(mark.label) for mark in over if mark.kind == "word"]
    others = [mark for mark in over if mark.kind != "word"]
    if not others:
        return (f"<u data-w={min(words)}>", "</u>") if words else ("", "")
    kind = min((mark.kind for mark in others), key=list(_CLASSES).index)
    letters = {mark.label for mark in others if mark.label and mark.end == end}
    letter = f" data-l={min(letters)}" if letters else ""
    number = f" data-w={min(words)}" if words and kind == "differs" else ""  # a place has its letter
    return f"<mark{_CLASSES[kind]}{letter}{number}>", "</mark>"
