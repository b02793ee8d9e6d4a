"""The HTML report: one file that asks nothing of the network and runs nothing, for people to read side by side.

Posts are hostile input. Three things keep them harmless, each without the others: jinja2 escapes every expression,
`plain` runs on every expression that is not markup yet (so that no invisible or reordering character gets through
where a template forgot to ask), and the page's own Content-Security-Policy allows one style sheet, by its hash.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from crosspost.models import (
    Annotation,
    Conflict,
    Difference,
    Dispute,
    Finding,
    Group,
    Link,
    LocationClaim,
    Media,
    Place,
    PlaceClaim,
    Report,
)

_OPEN_FINDINGS = 3  # unfolded at first; the summaries of the others read as a table of contents
_BAR_BITS = 16.0  # a full bar, the same everywhere, so that bars can be compared between findings
_BADGES = 500  # in one text; a text that is mostly invisible characters must not become a page of a hundred megabytes

_LEVELS = {"look-first": "look first", "possible": "possible"}
_PLACE_LEVELS = {"admin1": "first-level division", "natural": "natural feature"}
_RELATIONS = {
    "same": "the same place",
    "contains": "one contains the other",
    "near": "close to each other",
    "other-governorate": "different first-level divisions, close to each other",
    "far": "different first-level divisions, far apart",
    "other-country": "different countries",
}
_QUALITIES = {
    "original": "already in the pivot language",
    "provided": "translation that came with the post",
    "human": "human translation",
    "mt_online": "machine translation, online service",
    "mt_local": "machine translation, on this machine",
    "gloss": "word-by-word gloss, not a translation",
    "failed": "translation failed",
}
_LAYERS = ("aligned", "differs", "figure", "place", "denied")  # the order of a piece's classes


# ------------------------------------------------------------------ characters that cannot be seen

_JOINED = "\u0600-\u06ff\u0750-\u077f\u0900-\u0dff"  # scripts that spell with joiners
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line ends
    r"\u200b-\u200f\u061c\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, marks, embeddings, overrides, isolates
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufff9-\ufffb"  # fillers and blanks
    r"\ud800-\udfff"  # half a surrogate pair cannot be written as UTF-8
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls, tags, supplementary variation selectors
)
_ODD = re.compile(
    rf"""(?:
      (?!(?<=[{_JOINED}])[\u200c\u200d][{_JOINED}])  # a joiner between two letters is spelling
      (?!(?<=[{_EMOJI}])\u200d[{_EMOJI}])            # and between two emoji makes one of them
      [{_UNSEEN}]
    )+""",
    re.VERBOSE,
)


def _codes(run: str) -> str:
    more = f" +{len(run) - 3}" if len(run) > 3 else ""
    return f"⟦{' '.join(f'{ord(char):04X}' for char in run[:3])}{more}⟧"


def _badge(run: str) -> Markup:
    names = ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, 'CONTROL')}" for char in run[:3])
    # `dir` isolates the badge and keeps its Latin letters out of the direction that dir=auto finds for the text.
    return Markup('<span class="odd" dir="ltr" title="{}">{}</span>').format(names, _codes(run))


def shown(text: str) -> Markup:
    """Escape a text for an element's content and put a badge for each run of characters that cannot be seen."""
    if not _ODD.search(text):  # nearly every text, and a page has tens of thousands
        return escape(text)
    parts: list[Markup] = []
    end = 0
    for match in islice(_ODD.finditer(text), _BADGES):
        parts += [escape(text[end : match.start()]), _badge(match.group())]
        end = match.end()
    rest = _ODD.sub(lambda match: _codes(match.group()), text[end:])
    return Markup("").join([*parts, escape(rest)])


def isolated(text: str) -> Markup:
    """Show a text so that its direction does not move the words around it."""
    return Markup("<bdi>") + shown(text) + Markup("</bdi>")


def plain(value: object) -> object:
    """Name, in a string that is not markup, the characters that cannot be seen; this is safe in attributes too."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _ODD.sub(lambda match: _codes(match.group()), value)


# ------------------------------------------------------------------ marked texts


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A stretch of a text that means something; `layer` is its class, `note` a sentence on it or ""."""

    start: int
    end: int
    layer: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text with its classes ("" when it is unmarked) and notes."""

    text: str
    classes: str = ""
    note: str = ""


def marked(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a text into marked and unmarked pieces.

    Marks may overlap: a piece has the classes of all that cover it. Marks that reach beyond the text are cut off;
    joined together, the pieces are the text.
    """
    clipped = {Mark(max(mark.start, 0), min(mark.end, len(text)), mark.layer, mark.note) for mark in marks}
    waiting = sorted((mark for mark in clipped if mark.start < mark.end), reverse=True)
    cuts = sorted({0, len(text), *(mark.start for mark in waiting), *(mark.end for mark in waiting)})
    pieces: list[Piece] = []
    active: list[Mark] = []
    for start, end in pairwise(cuts):
        active = [mark for mark in active if mark.end > start]
        while waiting and waiting[-1].start == start:
            active.append(waiting.pop())
        layers = {mark.layer for mark in active}
        notes = sorted({mark.note for mark in active} - {""})
        classes = " ".join(layer for layer in _LAYERS if layer in layers)
        pieces.append(Piece(text[start:end], classes, "; ".join(notes)))
    return pieces


def place_name(place: Place) -> str:
    """Name a place with its country's code, which tells Tripoli from Tripoli."""
    return f"{place.name} ({place.country})" if place.country and place.level != "country" else place.name


def _namesakes(claim: LocationClaim) -> list[str]:
    """The other places that a mention may be, where their names tell them apart from the first."""
    others = dict.fromkeys(map(place_name, claim.alternatives))
    return [name for name in others if name != place_name(claim.place)]


def _place_marks(annotation: Annotation) -> Iterator[Mark]:
    for claim in annotation.claims:
        if claim.start is not None and claim.end is not None:
            note = f"{place_name(claim.place)}: {claim.kind}, {claim.stance}"
            yield Mark(claim.start, claim.end, "denied" if claim.stance == "denied" else "place", note)


def _marks(
    posts: Iterable[Annotation],
    links: Iterable[Link],
    disputes: Iterable[Dispute],
    differences: Iterable[Difference] = (),
) -> dict[str, set[Mark]]:
    """Gather what is marked in each post: words of the evidence, places, figures that differ."""
    found: dict[str, set[Mark]] = defaultdict(set)
    for link in links:
        for evidence in link.evidence:
            layer = "aligned" if evidence.weight > 0 else "differs"
            found[link.a].update(Mark(start, end, layer) for start, end in evidence.a)
            found[link.b].update(Mark(start, end, layer) for start, end in evidence.b)
    for annotation in posts:
        found[annotation.id].update(_place_marks(annotation))
    for dispute in disputes:
        if dispute.start is not None and dispute.end is not None:
            found[dispute.post].add(Mark(dispute.start, dispute.end, "denied", f"denies {place_name(dispute.place)}"))
    for difference in differences:
        for post, span in ((difference.a, difference.a_span), (difference.b, difference.b_span)):
            if span is not None:
                found[post].add(Mark(*span, "figure", f"another {difference.kind}"))
    return found


# ------------------------------------------------------------------ what the template shows


@dataclass(frozen=True, slots=True)
class PostView:
    """A post of a finding or group: its anchor on the page, its marked text, the words of its link if it has one."""

    anchor: str
    annotation: Annotation
    pieces: list[Piece]
    href: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A claimed place and its posts; a post that stands in an earlier column is only named."""

    claim: PlaceClaim | None
    posts: list[PostView]
    elsewhere: list[PostView]


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding, made ready."""

    finding: Finding
    posts: dict[str, PostView]
    columns: list[Column]
    unplaced: list[PostView]
    links: list[Link]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group without conflict, made ready."""

    group: Group
    posts: dict[str, PostView]


_WEB = re.compile(r"https?://[^/?#\s@\\]+(?:[/?#]\S*)?", re.IGNORECASE)


def web_address(url: str | None) -> str | None:
    """Return a url that may be a link: http or https, no user part that poses as a host, nothing invisible in it."""
    return url if url and _WEB.fullmatch(url) and not _ODD.search(url) else None


def _post_views(
    report: Report, prefix: str, posts: Sequence[str], marks: Mapping[str, set[Mark]]
) -> dict[str, PostView]:
    views = {}
    for number, post_id in enumerate(posts, 1):
        annotation = report.posts[post_id]
        pieces = marked(annotation.post.text, marks.get(post_id, ()))
        # Anchors are counted, not made of ids: those are anybody's words.
        views[post_id] = PostView(f"{prefix}-{number}", annotation, pieces, web_address(annotation.post.url))
    return views


def _columns(claims: Iterable[PlaceClaim], posts: Mapping[str, PostView]) -> list[Column]:
    placed: set[str] = set()
    columns = []
    for claim in claims:
        here = [post for post in claim.posts if post not in placed]
        elsewhere = [posts[post] for post in claim.posts if post in placed]
        columns.append(Column(claim, [posts[post] for post in here], elsewhere))
        placed.update(here)
    return columns


def _telling_first(links: Iterable[Link], conflicts: Iterable[Conflict]) -> list[Link]:
    """Sort links: those between posts in conflict first, then by score."""
    pairs = {frozenset((conflict.a, conflict.b)) for conflict in conflicts}
    return sorted(links, key=lambda link: (frozenset((link.a, link.b)) not in pairs, -link.score, link.a, link.b))


def _finding_view(report: Report, number: int, finding: Finding) -> FindingView:
    annotations = [report.posts[post] for post in finding.posts]
    marks = _marks(annotations, finding.links, finding.disputes, finding.differences)
    posts = _post_views(report, f"f{number}", finding.posts, marks)
    placed = {post for claim in finding.claims for post in claim.posts}
    return FindingView(
        finding,
        posts,
        _columns(finding.claims, posts),
        [view for post, view in posts.items() if post not in placed],
        _telling_first(finding.links, finding.conflicts),
    )


def _group_view(report: Report, number: int, group: Group) -> GroupView:
    marks = _marks([report.posts[post] for post in group.posts], group.links, group.disputes)
    return GroupView(group, _post_views(report, f"g{number}", group.posts, marks))


# ------------------------------------------------------------------ words and numbers


def place_words(place: Place) -> str:
    """Say what kind of place this is and of which country: "SY, first-level division"."""
    level = _PLACE_LEVELS.get(place.level, place.level)
    return level if place.country is None or place.level == "country" else f"{place.country}, {level}"


def claim_words(claim: LocationClaim) -> Markup:
    """Say on what ground a post is taken to name a place, in its own words where it has some."""
    words = isolated(claim.text)
    if claim.kind == "geotag":
        return Markup("the platform’s geotag")
    if claim.kind == "inherited":
        return Markup("inherited from post {}").format(isolated(claim.via or "unknown"))
    if claim.kind == "implied":
        return Markup("implied by its words “{}”").format(words)
    if claim.side == "pivot":
        return Markup("in its pivot text, “{}”").format(words)
    return Markup("by its words “{}”").format(words)


def media_words(media: Media) -> str:
    """Name a medium by the first name it has; it is never embedded."""
    kind = "other media" if media.type == "other" else media.type
    fingerprint = f"sha256 {media.sha256[:12]}…" if media.sha256 else None
    return f"{kind} {media.id or media.path or media.url or fingerprint or ''}".rstrip()


def _input(item: Mapping[str, Any]) -> tuple[str, str]:
    """A file that was read, and what it was taken for."""
    return str(item["file"]), f"{item['rows']:,} rows of {item['source']}, sha256 {item['sha256']}"


def rows(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Flatten options or provenance into names and values, in the order given."""
    if isinstance(value, Mapping):
        return [row for key, item in value.items() for row in rows(item, f"{name} › {key}" if name else str(key))]
    if isinstance(value, list | tuple):
        if any(isinstance(item, Mapping | list | tuple) for item in value):
            return [row for number, item in enumerate(value, 1) for row in rows(item, f"{name} {number}".lstrip())]
        return [(name, ", ".join(map(str, value)) or "none")]
    if value is None or isinstance(value, bool):
        return [(name, {None: "not set", True: "yes", False: "no"}[value])]
    return [(name, str(value))]


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _bits(weight: float) -> str:
    return f"{weight:+.1f}".replace("-", "−")


def _bar(weight: float) -> dict[str, str]:
    """Place a bar on an axis from -16 to 16 bits, negative to the left; longer ones are cut off."""
    length = min(abs(weight), _BAR_BITS)
    return {"x": f"{min(weight, 0.0) and -length:.2f}", "width": f"{length:.2f}"}


# ------------------------------------------------------------------ the page


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "bar": _bar,
        "bits": _bits,
        "claim_words": claim_words,
        "instant": _instant,
        "isolated": isolated,
        "media_words": media_words,
        "namesakes": _namesakes,
        "place_name": place_name,
        "place_words": place_words,
        "plural": _plural,
        "shown": shown,
    }
    environment.filters.update(filters)
    environment.globals.update(levels=_LEVELS, relations=_RELATIONS, qualities=_QUALITIES)
    return environment


def render(report: Report) -> str:
    """Write a report as one HTML page that is complete in itself.

    The page loads nothing, runs nothing and holds no clock: the same report gives the same bytes. Links lead to the
    posts alone, where their address is http or https; everything else that posts bring is text.
    """
    environment = _environment()
    style = environment.get_template("report.css").render()
    in_conflict = {finding.group for finding in report.findings}
    quiet = [group for group in report.groups if group.id not in in_conflict]
    page = environment.get_template("report.html.jinja").render(
        report=report,
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
        read=[_input(item) for item in report.provenance.get("inputs", ())],
        made=[
            ("crosspost", report.crosspost),
            ("schema", report.schema),
            *rows(report.options.model_dump(), "option"),
            *rows({key: value for key, value in report.provenance.items() if key != "inputs"}),
        ],
        posts_read=report.counts.get("posts", len(report.posts)),
        open_findings=_OPEN_FINDINGS,
        findings=[_finding_view(report, number, finding) for number, finding in enumerate(report.findings, 1)],
        groups=[_group_view(report, number, group) for number, group in enumerate(quiet, 1)],
    )
    return page.lstrip()  # the lines that the macros took
