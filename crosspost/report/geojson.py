"""The claims of the findings as GeoJSON (RFC 7946), for a map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crosspost.models import Finding, Place, PlaceClaim, Report
from crosspost.places import strongest_tier
from crosspost.report.json import dumps


def render(report: Report) -> Iterator[str]:
    """Yield a FeatureCollection with a feature for each place that a finding's posts claim, one a line.

    The geometry is the place's point, longitude first, in WGS 84; null where a place has none.
    """
    yield '{"type": "FeatureCollection", "features": ['
    separator = "\n"
    for finding in report.findings:
        for claim in finding.claims:
            yield separator + dumps(_feature(finding, claim, report))
            separator = ",\n"
    yield "\n]}\n"


def _feature(finding: Finding, claim: PlaceClaim, report: Report) -> dict[str, Any]:
    place = claim.place
    return {
        "type": "Feature",
        "id": f"{finding.id}/{place.id}",
        "geometry": _point(place),
        "properties": {
            "finding": finding.id,
            "level": finding.level,
            "score": finding.score,
            "summary": finding.summary,
            "place": place.full_name,
            "place_level": place.level,
            "country": place.country,
            "first_seen": claim.first_seen,
            "posts": list(claim.posts),
            "words": _words(claim, report),
        },
    }


def _point(place: Place) -> dict[str, Any] | None:
    if place.lat is None or place.lon is None:
        return None
    return {"type": "Point", "coordinates": [place.lon, place.lat]}


def _words(claim: PlaceClaim, report: Report) -> list[str]:
    """The words by which the posts name the place, each once."""
    claims = (claimed for post in claim.posts for claimed in strongest_tier(report.posts[post].claims))
    return list(dict.fromkeys(claimed.text for claimed in claims if claimed.place.id == claim.place.id))
