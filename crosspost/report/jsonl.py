"""The findings as JSON, one a line, each with the posts that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from crosspost.models import Report
from crosspost.report.json import dumps, plain, post_dict


def render(report: Report) -> Iterator[str]:
    """Yield a line for each finding: the object that JSON has, and under `annotations` its posts as JSON has them."""
    for finding in report.findings:
        annotations = {post: post_dict(report.posts[post]) for post in finding.posts}
        yield dumps({**plain(finding), "annotations": annotations}) + "\n"
