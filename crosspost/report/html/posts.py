"""A post as it stands on the page, once: its label, its marked words, and the posts that say exactly the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup

from crosspost.models import Annotation, Span
from crosspost.report.html.marks import Numbers, in_original, in_pivot, marked
from crosspost.report.html.visible import isolated, web_address
from crosspost.report.html.wording import language_tag

LONGEST = 65_000  # characters of a text that are shown: a post of Facebook has 63,206 at most, others less
_COPIES_NAMED = 20
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Posts with one text in one column, the earliest in front; it stands for all of them under one label."""

    column: str
    number: int
    posts: tuple[Annotation, ...]

    @property
    def label(self) -> str:
        """What the post is called: A1."""
        return f"{self.column}{self.number}"

    @property
    def front(self) -> Annotation:
        """The post that is shown."""
        return self.posts[0]


@dataclass(frozen=True, slots=True)
class PostView:
    """The post of a stack, made ready: `cut` characters of its text are not shown, nor are `unnamed` of its copies."""

    label: str
    anchor: str
    annotation: Annotation
    language: str
    direction: str
    text: Markup
    pivot: Markup | None
    pivot_direction: str
    href: str | None
    cut: int
    copies: tuple[Annotation, ...]
    unnamed: int
    letters: Mapping[str, str]
    also: tuple[str, ...] = ()


def stacked(posts: Iterable[Annotation], column: str) -> list[Stack]:
    """Put posts of the same text together, in the order of time."""
    same: dict[str, list[Annotation]] = {}
    for annotation in sorted(posts, key=when):
        same.setdefault(annotation.post.text or annotation.id, []).append(annotation)
    return [Stack(column, number, tuple(found)) for number, found in enumerate(same.values(), 1)]


def when(annotation: Annotation) -> tuple[datetime, str]:
    """Return what sorts posts by time; those without one come last."""
    return annotation.post.created_at or _LAST, annotation.id


def direction(language: str, *, mixed: bool = False) -> str:
    """Return the direction of a text; that of each line by itself where its language is mixed or not known."""
    if mixed or language == "und":
        return "auto"
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _reference(anchor: str, label: str) -> Markup:
    """Return a link to a post that stands on the page."""
    return Markup("<a href=#{}>{}</a>").format(anchor + label, label)


def references(anchor: str, stacks: Iterable[Stack], posts: Iterable[str]) -> dict[str, Markup]:
    """Return how each of some posts is referred to: by its label, or by its id where it is not on the page."""
    labelled = {post.id: _reference(anchor, stack.label) for stack in stacks for post in stack.posts}
    return {post: labelled[post] if post in labelled else isolated(post) for post in posts}


def view(
    stack: Stack,
    anchor: str,
    pivot_language: str,
    letters: Mapping[str, str],
    numbers: Numbers,
    *,
    differs: Iterable[Span],
    also: Sequence[str] = (),
) -> PostView:
    """Make the post of a stack ready; `letters` and `numbers` are those of its finding."""
    annotation = stack.front
    text, pivot = annotation.post.text, annotation.pivot
    marks = in_original(annotation, letters, numbers, differs)
    differs_from_text = pivot.quality != "original" or pivot.text != text
    return PostView(
        label=stack.label,
        anchor=anchor + stack.label,
        annotation=annotation,
        language=language_tag(annotation),
        direction=direction(annotation.language.code, mixed=bool(annotation.language.mixed)),
        text=marked(text[:LONGEST], marks),
        pivot=marked(pivot.text[:LONGEST], in_pivot(annotation, letters, marks)) if differs_from_text else None,
        pivot_direction=direction(pivot_language),
        href=web_address(annotation.post.url),
        cut=max(0, len(text) - LONGEST),
        copies=stack.posts[1 : 1 + _COPIES_NAMED],
        unnamed=max(0, len(stack.posts) - 1 - _COPIES_NAMED),
        letters=letters,
        also=tuple(also),
    )
