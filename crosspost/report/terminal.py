"""The report as text for a terminal: findings first, each folded to one screen of 80 columns and 24 lines.

Words of posts are shown in one line each or cut to two, isolated so that right-to-left ones leave the rest of the line
where it stands, and with nothing in them that a terminal would obey. What is folded away is counted.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from crosspost.models import Annotation, Evidence, Finding, Link, PlaceClaim, Report, Span
from crosspost.report.plain_text import harmless, isolated

_WIDTH = 80
_LEVELS = {"look-first": "look first", "possible": "possible"}
_STYLES = {"look-first": "bold red", "possible": "bold yellow"}
# Of one finding; with its other lines and the blank one behind it they make 24.
_PLACES = 3
_POSTS = 2
_TEXT_LINES = 2
_EVIDENCE = 6
_PROBLEMS = 20


def render(report: Report) -> Iterator[str]:
    """Yield the report as plain text, 80 columns wide, a line at a time."""
    console = Console(file=io.StringIO(), width=_WIDTH, force_terminal=False, no_color=True)
    for line in lines(report, console):
        yield f"{line.plain.rstrip()}\n"


def show(report: Report, console: Console) -> None:
    """Print the report to a `rich` console, in colours where it has them."""
    for line in lines(report, console):
        console.print(line, soft_wrap=True)


def lines(report: Report, console: Console) -> Iterator[Text]:
    """Yield the lines of the report, none of a finding wider than the console."""
    for finding in report.findings:
        yield from _finding(finding, report, console)
        yield Text()
    yield from _closing(report)


# ------------------------------------------------------------------ one finding


def _finding(finding: Finding, report: Report, console: Console) -> Iterator[Text]:
    level = (_LEVELS[finding.level], _STYLES[finding.level])
    yield Text.assemble(level, f"  {finding.score:.2f}  {len(finding.posts)} posts  {finding.id}")
    yield from _places(finding.claims, console)
    if finding.disputes:
        first, more = finding.disputes[0], len(finding.disputes) - 1
        told = f"{first.post} denies {first.place.name}, which {_ids(first.of)} claim"
        yield _cut(f"  {harmless(told)}", console, f"  and {more} more" if more else "")
    best = _best_link(finding)
    aligned = {best.a: [span for e in best.evidence for span in e.a], best.b: [s for e in best.evidence for s in e.b]}
    for post in (best.a, best.b)[:_POSTS]:
        yield from _post(report.posts[post], aligned[post], console)
    others = [post for post in finding.posts if post not in aligned]
    if others:
        yield _cut(f"  {len(others)} more: {_ids(others)}", console)
    yield _cut(f"  Why {harmless(best.a)} and {harmless(best.b)} seem to carry the same media, in bits:", console)
    yield from _evidence(best, console)
    if finding.differences:
        first_difference, more = finding.differences[0], len(finding.differences) - 1
        told = f"  they differ in a {first_difference.kind}: "
        yield _line(told, first_difference.detail, console, f"  and in {more} more" if more else "")


def _places(claims: Sequence[PlaceClaim], console: Console) -> Iterator[Text]:
    shown = claims if len(claims) <= _PLACES else claims[: _PLACES - 1]
    names = [harmless(claim.place.full_name) for claim in shown]
    wide = max(map(cell_len, names))
    for claim, name in zip(shown, names, strict=True):
        seen = claim.first_seen or ""
        rest = f"  {seen:20}  {_ids(claim.posts)}"
        yield _cut(Text.assemble("  ", (name, "bold"), " " * (wide - cell_len(name)), rest), console)
    if len(claims) > len(shown):
        others = ", ".join(claim.place.full_name for claim in claims[len(shown) :])
        yield _cut(f"  and {len(claims) - len(shown)} more places: {harmless(others)}", console)


def _post(annotation: Annotation, aligned: Iterable[Span], console: Console) -> Iterator[Text]:
    post = annotation.post
    created = post.model_dump(mode="json", include={"created_at"})["created_at"]
    about = "  ".join(filter(None, [post.id, annotation.language.code, post.author, created]))
    yield _cut(Text(f"  {harmless(about)}", style="dim"), console)
    text = Text(harmless(post.text))
    for start, end in aligned:
        text.stylize("bold cyan", start, end)
    for claim in annotation.claims:
        if claim.start is not None and claim.end is not None:
            text.stylize("bold magenta underline", claim.start, claim.end)
    yield from _wrapped(text, console)
    claims = ", ".join(
        f"{claim.place.full_name} ({_ground(claim.kind, claim.via)}{', denied' if claim.stance == 'denied' else ''}"
        f"{f': {claim.text!r}' if claim.text else ''})"
        for claim in annotation.claims
    )
    yield _line("    names ", claims or "no place", console, style="dim")


def _ground(kind: str, via: str | None) -> str:
    return f"inherited from {via}" if via else kind


def _wrapped(text: Text, console: Console) -> Iterator[Text]:
    """The first lines of a post, each turned in the direction of the whole."""
    text = text[: _TEXT_LINES * console.width]  # more is never seen, and a megabyte takes its time
    found = text.wrap(console, console.width - 8)
    direction = "\u2067" if _is_right_to_left(text.plain) else "\u2066"
    for number, line in enumerate(found[:_TEXT_LINES], 1):
        line.rstrip()
        more = " ..." if number == _TEXT_LINES and len(found) > _TEXT_LINES else ""
        yield Text.assemble("    ", direction, line, more, "\u2069")


def _is_right_to_left(text: str) -> bool:
    import unicodedata

    directions = (unicodedata.bidirectional(char) for char in text)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


def _evidence(link: Link, console: Console) -> Iterator[Text]:
    """The prior and what weighs most, in the order of the comparison; the rest is added up."""
    shown = list(link.evidence)
    folded: list[Evidence] = []
    while len(shown) + bool(folded) > _EVIDENCE:
        folded.append(min(shown[1:], key=lambda evidence: abs(evidence.weight)))
        shown.remove(folded[-1])
    for evidence in shown:
        yield _line(f"  {evidence.weight:+6.1f}  ", evidence.detail, console)
    if folded:
        yield Text(f"  {sum(e.weight for e in folded):+6.1f}  {len(folded)} more comparisons")
    yield Text(f"  {link.bits:+6.1f}  together: a probability of {link.score:.2f}")


def _best_link(finding: Finding) -> Link:
    """The firmest link of two posts in conflict; of any two where none of those is listed."""
    between = [link for c in finding.conflicts if (link := finding.link(c.a, c.b)) is not None]
    return max(between or finding.links, key=lambda link: link.bits)


# ------------------------------------------------------------------ lines


def _cut(text: str | Text, console: Console, end: str = "") -> Text:
    """One line, cut where the console ends; `end` is kept."""
    line = text.copy() if isinstance(text, Text) else Text(text)
    line.truncate(console.width - cell_len(end), overflow="ellipsis")
    return line.append(end)


def _line(start: str, words: str, console: Console, end: str = "", style: str = "") -> Text:
    """One line that holds words of posts, isolated from what stands before and after them."""
    told = Text(harmless(words))
    told.truncate(console.width - cell_len(start) - cell_len(end), overflow="ellipsis")
    return Text.assemble(start, isolated(told.plain), end, style=style)


def _ids(ids: Sequence[str]) -> str:
    return harmless(", ".join(ids))


# ------------------------------------------------------------------ what stands below all findings


def _closing(report: Report) -> Iterator[Text]:
    counts = report.counts
    first = sum(finding.level == "look-first" for finding in report.findings)
    yield Text(
        f"{counts['posts']} posts, {counts['groups']} groups of the same media or story, "
        f"{counts['findings']} with places that cannot all be true ({first} to look at first)."
    )
    if report.findings:
        yield Text("Each is folded to one screen: `crosspost explain FILE ID ID` tells all of two posts,")
        yield Text("and -o report.html or -o report.json holds everything.")
    glossed = sum(n for engine, n in report.provenance.get("pivots", {}).items() if engine.endswith("(gloss)"))
    if glossed:
        without = f": {report.provenance['translator']} had none" if report.provenance.get("fallbacks") else ""
        yield Text(f"{glossed} posts were aligned through a word-by-word gloss, not a translation{harmless(without)}.")
    for problem in report.problems[:_PROBLEMS]:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        told = "read all the same" if problem.kept else "not read"
        yield Text(harmless(f"{told}: {where}: {problem.error}"))
    if len(report.problems) > _PROBLEMS:
        yield Text(f"and {len(report.problems) - _PROBLEMS} more: see the JSON or HTML report")
