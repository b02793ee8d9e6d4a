"""The report as text for a terminal: findings first, a screen each, then what was not read."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from crosspost.models import Annotation, Finding, Link, Report, Span

_LEVELS = {"look-first": "look first", "possible": "possible"}
_EXCERPT = 280
_PROBLEMS_SHOWN = 20
_POSTS_SHOWN = 8


def render(report: Report) -> str:
    """Return the report as plain text, 100 columns wide."""
    console = Console(file=io.StringIO(), width=100, force_terminal=False, no_color=True, highlight=False, emoji=False)
    show(report, console)
    assert isinstance(console.file, io.StringIO)  # noqa: S101  # for the type checker: made three lines above
    return "\n".join(line.rstrip() for line in console.file.getvalue().split("\n"))


def show(report: Report, console: Console) -> None:
    """Print the report to a `rich` console, in colours where it has them."""
    for finding in report.findings:
        _show_finding(finding, report, console)
    for line in _closing(report):
        console.print(line, soft_wrap=True)


def _show_finding(finding: Finding, report: Report, console: Console) -> None:
    style = "bold red" if finding.level == "look-first" else "bold yellow"
    console.print(Text.assemble((_LEVELS[finding.level], style), f"  {finding.score:.2f}  {finding.id}"))
    for claim in finding.claims:
        seen = f", first seen {claim.first_seen}" if claim.first_seen else ""
        place = f"{claim.place.name} ({claim.place.country})" if claim.place.country else claim.place.name
        console.print(Text.assemble("  ", (place, "bold"), f": {_listed(claim.posts)}{seen}"), soft_wrap=True)
    for dispute in finding.disputes:
        console.print(
            Text(f"  {dispute.post} denies {dispute.place.name}, which {_listed(dispute.of)} claim"), soft_wrap=True
        )
    best = _best_link(finding)
    console.print()
    for post in [best.a, best.b, *(i for i in finding.posts if i not in (best.a, best.b))][:_POSTS_SHOWN]:
        _show_post(report.posts[post], _spans_in(post, finding.links[:1]), console)
    if len(finding.posts) > _POSTS_SHOWN:
        console.print(Text(f"  and {len(finding.posts) - _POSTS_SHOWN} more posts"))
    console.print(Text(f"  Why {best.a} and {best.b} seem to carry the same media, in bits:"), soft_wrap=True)
    for evidence in best.evidence:
        console.print(Text(f"  {evidence.weight:+6.1f}  {isolated(evidence.detail)}"), soft_wrap=True)
    console.print(Text(f"  {best.bits:+6.1f}  together: a probability of {best.score:.2f}"))
    for difference in finding.differences[:3]:
        console.print(Text(f"  they differ in a {difference.kind}: {isolated(difference.detail)}"), soft_wrap=True)
    console.print()


def _best_link(finding: Finding) -> Link:
    pairs = {(link.a, link.b): link for link in finding.links}
    first = finding.conflicts[0]
    return max(
        (pairs[c.a, c.b] for c in finding.conflicts if (c.a, c.b) in pairs),
        key=lambda link: link.bits,
        default=pairs[first.a, first.b],
    )


def _spans_in(post: str, links: Iterable[Link]) -> list[Span]:
    return [
        span
        for link in links
        for e in link.evidence
        for span in (e.a if link.a == post else e.b if link.b == post else ())
    ]


def _show_post(annotation: Annotation, aligned: Sequence[Span], console: Console) -> None:
    post = annotation.post
    when = post.created_at.isoformat().replace("+00:00", "Z") if post.created_at else ""
    about = "  ".join(filter(None, [post.id, annotation.language.code, post.author, when]))
    console.print(Text(f"  {about}", style="dim"))
    text = Text(post.text)
    for start, end in aligned:
        text.stylize("bold cyan", start, end)
    for claim in annotation.claims:
        if claim.start is not None and claim.end is not None:
            text.stylize("bold magenta underline", claim.start, claim.end)
    if len(text) > _EXCERPT:
        text = text[:_EXCERPT]
        text.append(" ...")
    console.print(Text.assemble("    ", "\u2068", _visible(text), "\u2069"))
    for claim in annotation.claims:
        how = f"inherited from {claim.via}" if claim.via else claim.kind
        denied = ", denied" if claim.stance == "denied" else ""
        console.print(
            Text(f"    {claim.place.name}: {how}{denied}, by {isolated(repr(claim.text))}", style="dim"), soft_wrap=True
        )


def _closing(report: Report) -> Iterator[str]:
    counts = report.counts
    first = sum(finding.level == "look-first" for finding in report.findings)
    yield (
        f"{counts['posts']} posts, {counts['groups']} groups of the same media or story, "
        f"{counts['findings']} with places that cannot all be true ({first} to look at first)."
    )
    glossed = sum(n for engine, n in report.provenance.get("pivots", {}).items() if engine.endswith("(gloss)"))
    if glossed:
        without = f": {report.provenance['translator']} had none" if report.provenance.get("fallbacks") else ""
        yield f"{glossed} posts were aligned through a word-by-word gloss, not a translation{without}."
    for problem in report.problems[:_PROBLEMS_SHOWN]:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        yield f"{'read all the same' if problem.kept else 'not read'}: {where}: {problem.error}"
    if len(report.problems) > _PROBLEMS_SHOWN:
        yield f"and {len(report.problems) - _PROBLEMS_SHOWN} more: see the JSON or HTML report"


def _listed(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:_POSTS_SHOWN])
    return shown if len(ids) <= _POSTS_SHOWN else f"{shown} and {len(ids) - _POSTS_SHOWN} more"


def isolated(text: str) -> str:
    """Wrap a text so that its right-to-left words cannot reorder the line around it (Unicode first strong isolate)."""
    return f"\u2068{''.join(map(_harmless, text))}\u2069"


def _visible(text: Text) -> Text:
    """Replace what would move the cursor or turn the line around, character for character, so that spans hold."""
    shown = Text("".join(map(_harmless, text.plain)))
    shown.spans = text.spans
    return shown


def _harmless(char: str) -> str:
    if char in "\n\t":
        return " "
    return "\ufffd" if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\u200c\u200d" else char
