"""The findings as a table for a spreadsheet: one row for each post of each finding."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Any

from crosspost.models import Annotation, Finding, Link, Report
from crosspost.places import strongest_tier
from crosspost.report.plain_text import without_controls

# The start of a cell that a spreadsheet takes for a formula, or skips on its way to one (OWASP, "CSV injection").
# Behind our own mark too, so that taking one ' away gives back what stood there.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know UTF-8


class _Line:
    """A file for `csv.writer` that hands each line on."""

    def write(self, line: str) -> str:
        return line


def render(report: Report) -> Iterator[str]:
    """Yield the table in UTF-8 with a byte order mark, lines ending in CRLF (RFC 4180).

    A text that a spreadsheet would take for a formula has a ' in front.
    """
    writer: Any = csv.writer(_Line(), lineterminator="\r\n")
    yield _BYTE_ORDER_MARK + writer.writerow(_COLUMNS)
    for finding in report.findings:
        for post in finding.posts:
            row = _row(finding, report.posts[post])
            yield writer.writerow([_cell(row[column]) for column in _COLUMNS])


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = without_controls(value)
    return f"'{text}" if _FORMULA.match(text) else text


_COLUMNS = (
    "finding level score summary post author platform created_at url places words denies against in_conflict_with"
    " linked_with link_score because text language pivot pivot_quality media group"
).split()


def _row(finding: Finding, annotation: Annotation) -> dict[str, object]:
    post = annotation.post
    given = post.model_dump(mode="json")
    best = _best_link(finding, post.id)
    opposed = [c.b if c.a == post.id else c.a for c in finding.conflicts if post.id in (c.a, c.b)]
    denied = [dispute for dispute in finding.disputes if dispute.post == post.id]
    return {
        "finding": finding.id,
        "level": finding.level,
        "score": finding.score,
        "summary": finding.summary,
        "post": post.id,
        **{column: given[column] for column in ("author", "platform", "created_at", "url", "text")},
        "places": _listed(claim.place.full_name for claim in finding.claims if post.id in claim.posts),
        "words": _listed(claim.text for claim in strongest_tier(annotation.claims)),
        "denies": _listed(dispute.place.full_name for dispute in denied),
        "against": _listed(other for dispute in denied for other in dispute.of),
        "in_conflict_with": _listed(opposed),
        "linked_with": best and (best.b if best.a == post.id else best.a),
        "link_score": best and best.score,
        "because": best and "\n".join(e.detail for e in best.evidence if e.weight > 0),
        "language": annotation.language.code,
        "pivot": annotation.pivot.text,
        "pivot_quality": annotation.pivot.quality,
        "media": _listed(media.id or media.path or media.url or media.sha256 or media.type for media in post.media),
        "group": finding.group,
    }


def _best_link(finding: Finding, post: str) -> Link | None:
    """The link of a post that holds it to its finding most firmly."""
    return max((link for link in finding.links if post in (link.a, link.b)), key=lambda link: link.bits, default=None)


def _listed(items: Iterator[str] | list[str]) -> str:
    return "; ".join(dict.fromkeys(items))
