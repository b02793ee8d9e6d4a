"""What a finding does not rest on, because it was not there: said, so that nobody takes it for looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crosspost.models import Annotation, Link
from crosspost.report.html.wording import plural

_MEDIA_EVIDENCE = ("media", "image", "video")


def missing(posts: Sequence[Annotation], links: Iterable[Link], *, looked: bool) -> Iterator[str]:
    """Say what was not there for the posts of a finding: media, times, real translations.

    `looked` tells whether any media file was looked at in this check.
    """
    media = [item for annotation in posts for item in annotation.post.media]
    given = any(item.path or item.sha256 or item.pdq for item in media)
    if any(evidence.kind in _MEDIA_EVIDENCE for link in links for evidence in link.evidence):
        if not given:
            yield "No pictures were compared, the names of the media alone: the files were not given."
    elif not media:
        yield "No media evidence: the posts came without media."
    elif not given:
        yield "No media evidence: the files were not given."
    elif not looked and not any(item.sha256 or item.pdq for item in media):
        yield "No media evidence: the files were not looked at."
    else:
        yield "No media evidence: no two posts were seen to show the same."
    untimed = sum(annotation.post.created_at is None for annotation in posts)
    if untimed:
        yield f"No time of {plural(untimed, 'post')}: another may have been first."
    glossed = sum(annotation.pivot.quality == "gloss" for annotation in posts)
    if glossed:
        yield f"No translation of {plural(glossed, 'post')}: gloss alone."
    failed = sum(annotation.pivot.quality == "failed" for annotation in posts)
    if failed:
        yield f"No translation of {plural(failed, 'post')}: names and figures alone were compared."
