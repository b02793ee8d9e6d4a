"""A draft of a schema.org MediaReview for each finding, as JSON-LD: a form that a fact-checker fills in.

https://schema.org/MediaReview. What the reviewer has to say is left empty: author, date, verdict, original context.
Accounts are not named; their posts are, by address and text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crosspost.models import Annotation, Finding, Place, PlaceClaim, Report
from crosspost.report.json import dumps

_TYPES = {"image": "ImageObject", "video": "VideoObject", "audio": "AudioObject", "other": "MediaObject"}
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)


def render(report: Report) -> Iterator[str]:
    """Yield one JSON-LD document whose `@graph` holds a review for each finding."""
    yield '{"@context": "https://schema.org", "@graph": ['
    separator = "\n"
    for finding in report.findings:
        yield separator + dumps(_review(finding, report), indent=1)
        separator = ",\n"
    yield "\n]}\n"


def _review(finding: Finding, report: Report) -> dict[str, Any]:
    posts = [report.posts[post] for post in finding.posts]
    return {
        "@type": "MediaReview",
        "@id": f"urn:crosspost:{finding.id}",
        "identifier": finding.id,
        "creativeWorkStatus": "Draft",
        "abstract": finding.summary,
        "author": None,
        "datePublished": None,
        "mediaAuthenticityCategory": None,
        "originalMediaContextDescription": None,
        "originalMediaLink": None,
        "itemReviewed": {
            "@type": "MediaReviewItem",
            "mediaItemAppearance": [appearance for post in posts for appearance in _appearances(post)],
            "interpretedAsClaim": [_claim(claim, report) for claim in finding.claims],
        },
    }


def _appearances(annotation: Annotation) -> Iterator[dict[str, Any]]:
    """The media of a post, where it was published; one of an unknown kind where the post tells none."""
    where = _filled({"url": _web(annotation.post.url), "uploadDate": _created(annotation)})
    for media in annotation.post.media:
        named = {"identifier": media.id, "contentUrl": _web(media.url), "sha256": media.sha256}
        yield {"@type": _TYPES[media.type], **where, **_filled(named)}
    if where and not annotation.post.media:
        yield {"@type": "MediaObject", **where}


def _claim(claim: PlaceClaim, report: Report) -> dict[str, Any]:
    posts = [_posting(report.posts[post]) for post in claim.posts]
    first = next((post for post in posts if claim.first_seen and post.get("datePublished") == claim.first_seen), None)
    told = {"firstAppearance": first, "appearance": posts}
    return {"@type": "Claim", "about": _place(claim.place), **_filled(told)}


def _place(place: Place) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Place", "name": place.name}
    if place.country:
        found["address"] = {"@type": "PostalAddress", "addressCountry": place.country}
    if place.lat is not None:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": place.lat, "longitude": place.lon}
    return found


def _posting(annotation: Annotation) -> dict[str, Any]:
    post = annotation.post
    told = {
        "identifier": post.id,
        "url": _web(post.url),
        "datePublished": _created(annotation),
        "inLanguage": annotation.language.code,
        "text": post.text,
    }
    return {"@type": "SocialMediaPosting", **_filled(told)}


def _created(annotation: Annotation) -> str | None:
    created: str | None = annotation.post.model_dump(mode="json", include={"created_at"})["created_at"]
    return created


def _web(url: str | None) -> str | None:
    return url if url and _WEB.fullmatch(url) else None


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
