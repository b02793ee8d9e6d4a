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


@dataclass(frozen=True, slots=True)
class Stack:
    """Posts with one text in one column, the earliest in front; it stands for all of them under one label."""

    label: str
    posts: tuple[Annotation, ...]

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
    href: str | None
    cut: int
    copies: tuple[Annotation, ...]
    unnamed: int
    letters: Mapping[str, str]
    also: tuple[str, ...] = ()


def stacked(posts: Iterable[Annotation], prefix: str) -> list[Stack]:
    """Put posts of the same text together, in the order of time, and label them: A1, A2, ..."""
    same: dict[str, list[Annotation]] = {}
    for annotation in sorted(posts, key=when):
        same.setdefault(annotation.post.text or annotation.id, []).append(annotation)
    return [Stack(f"{prefix}{number}", tuple(found)) for number, found in enumerate(same.values(), 1)]


def when(annotation: Annotation) -> tuple[datetime, str]:
    """Return what sorts posts by time; those without one come last."""
    return annotation.post.created_at or _LAST, annotation.id


def direction(annotation: Annotation) -> str:
    """Return the direction that a post is written in; that of each line by itself where it is mixed or not known."""
    if annotation.language.mixed or annotation.language.code == "und":
        return "auto"
    return "rtl" if annotation.language.code in _RIGHT_TO_LEFT else "ltr"


def reference(anchor: str, label: str) -> Markup:
    """Return a link to a post that stands on the page."""
    return Markup("<a href=#{}>{}</a>").format(anchor + label, label)


def references(anchor: str, stacks: Iterable[Stack], omitted: Iterable[Annotation]) -> dict[str, Markup]:
    """Return how each post is referred to: by its label, or by its id where it does not stand on the page."""
    labelled = {post.id: reference(anchor, stack.label) for stack in stacks for post in stack.posts}
    return {**labelled, **{post.id: isolated(post.id) for post in omitted}}


def view(
    stack: Stack,
    anchor: str,
    letters: Mapping[str, str],
    numbers: Numbers,
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
        direction=direction(annotation),
        text=marked(text[:LONGEST], marks),
        pivot=marked(pivot.text[:LONGEST], in_pivot(annotation, letters, marks)) if differs_from_text else None,
        href=web_address(annotation.post.url),
        cut=max(0, len(text) - LONGEST),
        copies=stack.posts[1 : 1 + _COPIES_NAMED],
        unnamed=max(0, len(stack.posts) - 1 - _COPIES_NAMED),
        letters=letters,
        also=tuple(also),
    )
