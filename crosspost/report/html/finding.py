"""A finding made ready for the page: places side by side, with their posts, what links them, and what is missing.

Everything has its cap, so that a finding of thousands of posts can be read; what is left out is counted.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isinf

from markupsafe import Markup

from crosspost.models import Annotation, Conflict, Finding, Group, Link, Place, PlaceClaim, Relation, Report
from crosspost.places.relation import kilometers
from crosspost.report.html import map as place_map
from crosspost.report.html.marks import correspondences, differing
from crosspost.report.html.missing import missing
from crosspost.report.html.posts import PostView, Stack, references, stacked, view, when
from crosspost.report.html.timeline import Timeline, timeline
from crosspost.report.html.wording import claim_words, later, letter

NO_PLACE = "x"  # labels the posts that claim no place; places have capitals
_POSTS = 120  # of a finding, in all its columns together
_TOLD = 6  # links in sentences, one between each two places
_LINKS = 8  # more of them in a line each
_PLACE_PAIRS = 20
_PAIRS = 6  # of posts, for each pair of places
_WORDS = 4  # quoted of a claim
_COLOURS = 6  # of columns; their letters tell them apart


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claimed place: who named it first and when, in which words (`more_words` are not quoted)."""

    letter: str
    colour: int
    claim: PlaceClaim
    first: Annotation
    later: str
    words: tuple[Markup, ...]
    more_words: int


@dataclass(frozen=True, slots=True)
class Column:
    """The posts of a place, or of none; `elsewhere` stand in an earlier column, `omitted` not on the page."""

    claim: ClaimView | None
    posts: tuple[PostView, ...]
    elsewhere: tuple[str, ...]
    omitted: int


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two places that exclude each other, and the pairs of posts that name them, of which `more` are not listed.

    `strength` is that of the strongest pair; `apart` is a distance in kilometres, or None.
    """

    places: tuple[Place, Place]
    relation: Relation
    strength: float
    apart: int | None
    pairs: tuple[tuple[Markup, Markup], ...]
    more: int


@dataclass(frozen=True, slots=True)
class LinksView:
    """The links of a finding or group: some told in sentences, some in a line each, the others counted."""

    told: tuple[Link, ...]
    brief: tuple[Link, ...]
    omitted: int


@dataclass(frozen=True, slots=True)
class StillView:
    """A frame of each of two posts, as addresses of data, with what stands beneath them."""

    a: FrameView
    b: FrameView


@dataclass(frozen=True, slots=True)
class FrameView:
    """A picture as an address of data, the post that it is of, and when in its media (nothing for a picture)."""

    source: str
    ref: Markup
    at: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding, made ready: `letters` are those of its places, by id, `refs` refers to each post."""

    finding: Finding
    letters: Mapping[str, str]
    claims: tuple[ClaimView, ...]
    columns: tuple[Column, ...]
    timeline: Timeline | None
    map: Markup | None
    refs: Mapping[str, Markup]
    links: LinksView
    conflicts: tuple[ConflictView, ...]
    missing: tuple[str, ...]
    stills: tuple[StillView, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group without conflict, made ready."""

    group: Group
    posts: tuple[PostView, ...]
    omitted: int
    refs: Mapping[str, Markup]
    links: LinksView


def finding_view(report: Report, finding: Finding, anchor: str) -> FindingView:
    """Make a finding ready; `anchor` begins the anchors of its posts."""
    posts = {post: report.posts[post] for post in finding.posts}
    letters = {claim.place.id: letter(at) for at, claim in enumerate(finding.claims)}
    arranged = _arranged(finding, posts)
    stacks = _kept(finding, arranged)
    front_of = {post.id: stack.front.id for stack in stacks for post in stack.posts}
    column_of = {stack.front.id: stack.column for stack in stacks}
    refs = references(anchor, stacks, posts)
    links = [*_between_texts(_telling_first(finding.links, finding.conflicts), front_of)]
    numbers = correspondences(links, column_of, posts)
    differs = differing(links, finding.differences)
    views = {
        stack: view(
            stack,
            anchor,
            report.options.pivot,
            letters,
            numbers,
            differs=differs[stack.front.id],
            also=_also(stack, finding),
        )
        for stack in stacks
    }
    claims = tuple(_claim_views(finding, posts))
    return FindingView(
        finding=finding,
        letters=letters,
        claims=claims,
        columns=tuple(_columns(arranged, claims, views, refs)),
        timeline=timeline([[posts[post] for post in claim.posts] for claim in finding.claims]),
        map=place_map.drawn(
            place_map.Spot(letter(at), at % _COLOURS, claim.place) for at, claim in enumerate(finding.claims)
        ),
        refs=refs,
        links=_links_view(links, len(finding.links), column_of),
        conflicts=tuple(_conflict_views(finding.conflicts, refs, [claim.place.id for claim in finding.claims])),
        missing=tuple(missing([*posts.values()], finding.links, looked=_looked(report))),
        stills=tuple(_still_views(report, finding, refs)),
    )


def _still_views(report: Report, finding: Finding, refs: Mapping[str, Markup]) -> Iterator[StillView]:
    for conflict in finding.conflicts:
        if conflict.a in refs and conflict.b in refs:
            for still in report.stills.get((conflict.a, conflict.b), ()):
                yield StillView(
                    FrameView(_data(still.a), refs[conflict.a], _at(still.at_a)),
                    FrameView(_data(still.b), refs[conflict.b], _at(still.at_b)),
                )


def _data(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"


def _at(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}" if seconds else ""


def _looked(report: Report) -> bool:
    return bool(report.provenance.get("media", {}).get("looked_at"))


def group_view(report: Report, group: Group, anchor: str) -> GroupView:
    """Make a group without conflict ready."""
    posts = {post: report.posts[post] for post in group.posts}
    every = stacked(posts.values(), "")
    stacks, rest = every[:_POSTS], every[_POSTS:]
    front_of = {post.id: stack.front.id for stack in stacks for post in stack.posts}
    links = [*_between_texts(_telling_first(group.links, ()), front_of)]
    numbers = correspondences(links, {stack.front.id: stack.label for stack in stacks}, posts)
    differs = differing(links, ())
    return GroupView(
        group=group,
        posts=tuple(
            view(stack, anchor, report.options.pivot, {}, numbers, differs=differs[stack.front.id]) for stack in stacks
        ),
        omitted=sum(len(stack.posts) for stack in rest),
        refs=references(anchor, stacks, posts),
        links=_links_view(links, len(group.links), dict.fromkeys(front_of, "")),
    )


# ------------------------------------------------------------------ posts in columns


def _arranged(finding: Finding, posts: Mapping[str, Annotation]) -> list[list[Stack]]:
    """Put each post under the first place that it claims, and those without one last."""
    left = dict(posts)
    columns = [
        stacked([left.pop(post) for post in claim.posts if post in left], letter(at))
        for at, claim in enumerate(finding.claims)
    ]
    return [*columns, stacked(left.values(), NO_PLACE)]


def _kept(finding: Finding, arranged: Sequence[Sequence[Stack]]) -> list[Stack]:
    """The stacks that stand on the page: of each column the earliest, and those of the first pair in conflict."""
    most = max(3, _POSTS // len(arranged))
    telling = {post for conflict in finding.conflicts[:1] for post in (conflict.a, conflict.b)}

    def telling_first(stack: Stack) -> bool:
        return telling.isdisjoint(post.id for post in stack.posts)

    kept = {stack for column in arranged for stack in sorted(column, key=telling_first)[:most]}
    return [stack for column in arranged for stack in column if stack in kept]


def _columns(
    arranged: Sequence[Sequence[Stack]],
    claims: Sequence[ClaimView],
    views: Mapping[Stack, PostView],
    refs: Mapping[str, Markup],
) -> Iterator[Column]:
    for claim, stacks in zip([*claims, None], arranged, strict=True):
        here = {post.id for stack in stacks for post in stack.posts}
        elsewhere = [post for post in claim.claim.posts if post not in here] if claim else []
        if claim or stacks:
            yield Column(
                claim,
                tuple(views[stack] for stack in stacks if stack in views),
                tuple(dict.fromkeys(refs[post] for post in elsewhere)),
                sum(len(stack.posts) for stack in stacks if stack not in views),
            )


def _also(stack: Stack, finding: Finding) -> list[str]:
    """The other columns that the post of a stack belongs to."""
    at = [letter(at) for at, claim in enumerate(finding.claims) if stack.front.id in claim.posts]
    return at[1:]


# ------------------------------------------------------------------ claims


def _claim_views(finding: Finding, posts: Mapping[str, Annotation]) -> Iterator[ClaimView]:
    start = min((at for post in finding.posts if (at := posts[post].post.created_at)), default=None)
    for number, claim in enumerate(finding.claims):
        named = sorted((posts[post] for post in claim.posts), key=when)
        at = named[0].post.created_at
        words = _words(claim.place, named)
        yield ClaimView(
            letter(number),
            number % _COLOURS,
            claim,
            named[0],
            later(at - start) if at and start and at > start else "",
            tuple(words[:_WORDS]),
            max(0, len(words) - _WORDS),
        )


def _words(place: Place, named: Iterable[Annotation]) -> list[Markup]:
    """In which words the posts name the place, each by its strongest claim; the same words once."""
    words: dict[tuple[str, str], Markup] = {}
    for annotation in named:
        claims = [claim for claim in annotation.claims if claim.place.id == place.id and claim.stance == "asserted"]
        if claims:
            claim = max(claims, key=lambda claim: claim.strength)
            words.setdefault((claim.kind, claim.text.casefold()), claim_words(claim, annotation))
    return [*words.values()]


# ------------------------------------------------------------------ links and conflicts


def _telling_first(links: Iterable[Link], conflicts: Iterable[Conflict]) -> list[Link]:
    """Sort links: those between posts in conflict first, then by score."""
    pairs = {frozenset((conflict.a, conflict.b)) for conflict in conflicts}
    return sorted(links, key=lambda link: (frozenset((link.a, link.b)) not in pairs, -link.score, link.a, link.b))


def _between_texts(links: Iterable[Link], front_of: Mapping[str, str]) -> Iterator[Link]:
    """The first link of each two texts on the page; what links two copies of one text need not be told."""
    told: set[frozenset[str]] = set()
    for link in links:
        a, b = front_of.get(link.a), front_of.get(link.b)
        if a and b and a != b and frozenset((a, b)) not in told:
            told.add(frozenset((a, b)))
            yield replace(link, a=a, b=b)  # the spans hold: it is the same text


def _links_view(links: Sequence[Link], count: int, column_of: Mapping[str, str]) -> LinksView:
    """Tell the first link between each two columns in sentences."""
    first: dict[frozenset[str], Link] = {}
    for link in links:
        first.setdefault(frozenset((column_of[link.a], column_of[link.b])), link)
    between = [link for columns, link in first.items() if len(columns) == 2] or links[:1]
    told = between[:_TOLD]
    brief = [link for link in links if link not in told][:_LINKS]
    return LinksView(tuple(map(_strongest_first, told)), tuple(brief), count - len(told) - len(brief))


def _strongest_first(link: Link) -> Link:
    """The evidence as it is read: what speaks most for the link, down to what speaks most against it."""
    return replace(link, evidence=tuple(sorted(link.evidence, key=lambda evidence: -evidence.weight)))


def _conflict_views(
    conflicts: Iterable[Conflict], refs: Mapping[str, Markup], order: Sequence[str]
) -> Iterator[ConflictView]:
    """Gather conflicts by their two places, in the order of the columns."""
    rank = {place: at for at, place in enumerate(order)}
    by_places: dict[tuple[str, str], list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        ours = _turned(conflict) if _backwards(conflict, rank) else conflict
        by_places[ours.places[0].id, ours.places[1].id].append(ours)
    for found in [*by_places.values()][:_PLACE_PAIRS]:
        pairs = list(dict.fromkeys((refs[conflict.a], refs[conflict.b]) for conflict in found))
        strongest = max(found, key=lambda conflict: conflict.strength)
        yield ConflictView(
            strongest.places,
            strongest.relation,
            strongest.strength,
            _apart(*strongest.places),
            tuple(pairs[:_PAIRS]),
            max(0, len(pairs) - _PAIRS),
        )


def _backwards(conflict: Conflict, rank: Mapping[str, int]) -> bool:
    a, b = (rank.get(place.id, len(rank)) for place in conflict.places)
    return a > b


def _turned(conflict: Conflict) -> Conflict:
    a, b = conflict.places
    return replace(conflict, a=conflict.b, b=conflict.a, places=(b, a))


def _apart(a: Place, b: Place) -> int | None:
    """How far two places are apart, where both are small enough for the question to have an answer."""
    if {a.level, b.level} & {"region", "country", "natural"}:
        return None
    apart = kilometers(a.lat, a.lon, b.lat, b.lon)
    return None if isinf(apart) else round(apart)
