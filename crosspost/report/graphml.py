"""The groups as a network in GraphML, for Gephi and other programs: posts, their links, and their conflicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from crosspost.models import Annotation, Finding, Link, Place, Report
from crosspost.places import strongest_tier
from crosspost.report.plain_text import without_controls

_NODES = {
    "label": "string", "time": "string", "platform": "string", "author": "string", "url": "string", "text": "string",
    "language": "string", "place": "string", "country": "string", "lat": "double", "lon": "double", "group": "string",
    "finding": "string", "level": "string",
}  # fmt: skip
_EDGES = {
    "kind": "string", "weight": "double", "bits": "double", "score": "double", "evidence": "string",
    "relation": "string", "strength": "double",
}  # fmt: skip
_START = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
"""

Values = Mapping[str, str | float | None]


def render(report: Report) -> Iterator[str]:
    """Yield the network: a node for each post of a group, an edge for each link and one more for each conflict.

    `kind` tells the edges apart. The `weight` of a link is its score, that of a conflict its strength; the bits and
    score of a conflict are those of the comparison of its two posts.
    """
    yield _START
    for domain, names in (("node", _NODES), ("edge", _EDGES)):
        for name, kind in names.items():
            yield f'<key id="{domain}-{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '<graph edgedefault="undirected">\n'
    finding_of = {finding.group: finding for finding in report.findings}
    for group in report.groups:
        finding = finding_of.get(group.id)
        for post in group.posts:
            yield f'<node id="{_xml(post)}">{_data("node", _node(report.posts[post], group.id, finding))}</node>\n'
    for number, (a, b, values) in enumerate(_edges(report)):
        ends = f'source="{_xml(a)}" target="{_xml(b)}"'
        yield f'<edge id="e{number}" {ends}>{_data("edge", values)}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _node(annotation: Annotation, group: str, finding: Finding | None) -> Values:
    claimed = [claim.place for claim in strongest_tier(annotation.claims)]
    names = "; ".join(dict.fromkeys(place.full_name for place in claimed))
    first: Place | None = next((place for place in claimed if place.lat is not None), None)
    post = annotation.post.model_dump(mode="json")
    return {
        "label": f"{annotation.id}: {names}" if names else annotation.id,
        "time": post["created_at"],
        **{name: post[name] for name in ("platform", "author", "url", "text")},
        "language": annotation.language.code,
        "place": names or None,
        "country": "; ".join(dict.fromkeys(place.country for place in claimed if place.country)) or None,
        "lat": first and first.lat,
        "lon": first and first.lon,
        "group": group,
        "finding": finding and finding.id,
        "level": finding and finding.level,
    }


def _edges(report: Report) -> Iterator[tuple[str, str, Values]]:
    for group in report.groups:
        for link in group.links:
            because = "; ".join(evidence.kind for evidence in link.evidence if evidence.weight > 0)
            told: dict[str, str | float] = {
                "kind": "link",
                "weight": link.score,
                **_compared(link),
                "evidence": because,
            }
            yield link.a, link.b, told
    for finding in report.findings:
        for conflict in finding.conflicts:
            told = {"kind": "conflict", "relation": conflict.relation, "strength": conflict.strength}
            compared = _compared(finding.link(conflict.a, conflict.b))
            yield conflict.a, conflict.b, {**told, "weight": conflict.strength, **compared}


def _compared(link: Link | None) -> dict[str, float]:
    return {} if link is None else {"bits": link.bits, "score": link.score}


def _data(domain: str, values: Values) -> str:
    return "".join(
        f'<data key="{domain}-{name}">{_xml(str(value))}</data>' for name, value in values.items() if value is not None
    )


def _xml(text: str) -> str:
    """Escape a text so that a parser gives it back, line ends and tabs of attributes too."""
    escaped = escape(without_controls(text))
    return escaped.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")
