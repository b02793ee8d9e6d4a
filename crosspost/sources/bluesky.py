"""Bluesky: posts as the API answers them (`getPosts`, feeds, searches, threads), records, and the jetstream.

Shapes: the lexicons `app.bsky.feed.defs`, `app.bsky.feed.post`, `app.bsky.embed.*` (https://docs.bsky.app). The content
id of a blob is made of its SHA-256 (https://github.com/multiformats/cid), so it says what the media *is*: wherever
the same file was uploaded, it has the same one.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, Said, posts_of, told_faults
from crosspost.sources.sample import Sample, has
from crosspost.sources.times import given_time

PLATFORM = "bluesky"
_POST = "app.bsky.feed.post"
_LISTS = Lists(rows=frozenset({"posts", "feed", "records"}))
_RAW_SHA256 = b"\x01\x55\x12\x20"  # CID version 1, raw bytes, SHA-256 of 32 bytes
_DEEPEST = 64  # replies under replies of a thread
_KNOWN_VIEW = frozenset({"uri", "cid", "author", "record", "value", "embed", "embeds", "viewer", "$type", "reply"})
_KNOWN_RECORD = frozenset({"$type", "embed", "facets", "langs", "reply", "entities"})


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file holds posts of Bluesky (0..1)."""
    row = sample.first("posts", "feed", "records") or sample.row
    row = row.get("post", row) if isinstance(row.get("post"), dict) else row
    if isinstance(uri := row.get("uri"), str) and uri.startswith("at://"):
        return 0.95
    if has(row, "commit", "collection") and has(row, "did"):
        return 0.95
    return 0.9 if has(sample.row, "thread", "post") or row.get("$type") == _POST else 0.0


def read_bluesky(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each view or record, then those inside it."""
    others = number = 0
    for number, row, _ in json_rows(lines, _LISTS):
        if isinstance(row, RowError):
            yield number, row
        elif "commit" in row and not _is_new_post(row["commit"]):
            others += 1
        else:
            for item in bluesky_posts(row):
                yield number, item
    if others:
        yield number, Said(f"{others} commits (likes, follows, deletions) are no posts")


def _is_new_post(commit: object) -> bool:
    return (
        isinstance(commit, dict)
        and commit.get("collection") == _POST
        and commit.get("operation") in ("create", "update")
    )


def bluesky_posts(row: Row) -> Iterator[Item]:
    """Yield the posts of a post view, a feed item, a thread, a record of a repository or a commit."""
    fields = Fields(row)
    if "thread" in row:
        yield from _thread(fields.fields("thread").object)
    elif "post" in row:
        view, reason = fields.fields("post").object, fields.fields("reason").object
        if "post" not in fields.faults:
            yield from _view(view)
            yield from _repost(view, reason)
    elif "commit" in row:
        commit = fields.fields("commit")
        uri = f"at://{fields.text('did')}/{_POST}/{commit.id('rkey')}"
        yield from _view({"uri": uri, "cid": commit.take("cid"), "record": commit.take("record")})
    else:
        yield from _view(row)
    yield from told_faults(fields)


def post_id(uri: object) -> Any:
    """Return the id of the post at an `at://` address, unique across platforms."""
    if not isinstance(uri, str):
        return uri
    did, _, key = _parts(uri)
    return f"{PLATFORM}:{did}/{key}" if key else f"{PLATFORM}:{uri}"


def _parts(uri: str) -> tuple[str, str, str]:
    did, _, path = uri.removeprefix("at://").partition("/")
    collection, _, key = path.partition("/")
    return did, collection, key


def _thread(thread: Mapping[str, Any]) -> Iterator[Item]:
    waiting = [(thread, 0)]
    while waiting:
        node, levels = waiting.pop()
        if isinstance(node.get("post"), dict):
            yield from _view(node["post"])
        replies = node.get("replies")
        inside = [node.get("parent"), *(replies if isinstance(replies, list) else [])]
        if levels < _DEEPEST:
            waiting += [(other, levels + 1) for other in reversed(inside) if isinstance(other, dict)]
        elif any(inside):
            yield RowError(f"replies more than {_DEEPEST} levels deep were not read")


def _view(view: Mapping[str, Any]) -> Iterator[Item]:
    row = Fields(view)
    if view.get("notFound") or view.get("blocked"):
        yield RowError("the post is not there: it was deleted, or its author is blocked")
        return
    record = row.fields("record" if "record" in row else "value")
    uri = row.text("uri") or ""
    did, _, key = _parts(uri)
    handle = row.text("author", "handle")
    embed = record.fields("embed")
    mapped: Row = {
        "id": post_id(view.get("uri")),
        "text": record.take("text"),
        "author": handle or row.text("author", "did") or did or None,
        "platform": PLATFORM,
        "url": key and f"https://bsky.app/profile/{handle or did}/post/{key}",
        "lang": next(iter(record.strings("langs")), None),
        "reply_to": post_id(record.take("reply", "parent", "uri")),
        "thread": post_id(record.take("reply", "root", "uri") or view.get("uri")),
        "quotes": _quoted(embed),
        **given_time(record.take("createdAt") or row.take("indexedAt")),
    }
    if media := _media(embed, _shown(row), did):
        mapped["media"] = media
    if external := embed.text("external", "uri"):
        mapped["links"] = [external]
    yield from posts_of(row, mapped, {**record.rest(_KNOWN_RECORD), **row.rest(_KNOWN_VIEW)})
    quoted = _quoted_view(row)
    if quoted:
        yield from _view(quoted)


def _repost(view: Mapping[str, Any], reason: Mapping[str, Any]) -> Iterator[Item]:
    row = Fields(reason)
    if "repost" not in (row.text("$type") or "").lower():
        yield from told_faults(row)
        return
    originals = [item for item in _view({**view, "embeds": None, "embed": None}) if not isinstance(item, RowError)]
    by = row.text("by", "did") or row.text("by", "handle")
    if not originals or by is None or isinstance(originals[0], Said):
        yield from told_faults(row)
        return
    original = originals[0]
    mapped: Row = {
        "id": f"{PLATFORM}:{by}/repost/{original.id.rpartition('/')[2]}",
        "text": original.text,
        "author": row.text("by", "handle") or by,
        "platform": PLATFORM,
        "repost_of": original.id,
        **given_time(row.take("indexedAt")),
        "media": original.media,
    }
    yield from posts_of(row, mapped, {})


def _quoted(embed: Fields) -> Any:
    """The post that an embed quotes; with media beside it, it lies one deeper."""
    record = embed.fields("record")
    uri = (record.fields("record") if "record" in record else record).text("uri") or ""
    return post_id(uri) if f"/{_POST}/" in uri else None


def _quoted_view(row: Fields) -> Mapping[str, Any] | None:
    for path in (("embed", "record", "record"), ("embed", "record")):
        found = row.take(*path) if isinstance(row.take("embed"), dict) else None
        if isinstance(found, dict) and isinstance(found.get("value"), dict) and "uri" in found:
            embeds = found.get("embeds")
            first = embeds[0] if isinstance(embeds, list) and embeds else None
            return found if _parts(str(found["uri"]))[1] != _POST else {**found, "embed": first}
    return None


def _shown(row: Fields) -> list[Fields]:
    """The pictures or the video of a view, which have the URLs that the record has not."""
    embed = row.fields("embed")
    embed = embed.fields("media") if "media" in embed else embed
    return embed.objects("images") or ([embed] if "playlist" in embed else [])


def _media(embed: Fields, shown: list[Fields], did: str) -> list[Row]:
    embed = embed.fields("media") if "media" in embed else embed
    blobs = [(image.fields("image"), image.text("alt"), "image") for image in embed.objects("images")]
    if "video" in embed:
        blobs.append((embed.fields("video"), embed.text("alt"), "video"))
    media = []
    for place, (blob, alt, kind) in enumerate(blobs):
        cid = blob.text("ref", "$link") or blob.text("cid")
        view = shown[place] if place < len(shown) else Fields({})
        url = view.text("fullsize") or view.text("playlist") or _url(kind, did, cid)
        media.append({"id": cid, "type": kind, "url": url, "sha256": sha256_of_cid(cid), "alt": alt or None})
    if not blobs:
        media = [{"type": "image", "url": view.text("fullsize"), "alt": view.text("alt") or None} for view in shown]
    return media


def _url(kind: str, did: str, cid: str | None) -> str | None:
    """Where Bluesky's own servers show a blob."""
    if not did.startswith("did:") or cid is None:
        return None
    if kind == "video":
        return f"https://video.bsky.app/watch/{did}/{cid}/playlist.m3u8"
    return f"https://cdn.bsky.app/img/feed_fullsize/plain/{did}/{cid}@jpeg"


def sha256_of_cid(cid: str | None) -> str | None:
    """Return the SHA-256 (hex) that a content id is made of, or None where it is made of something else."""
    if not cid or not cid.startswith("b"):
        return None
    letters = cid[1:].upper()
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        return None
    return raw[4:].hex() if raw.startswith(_RAW_SHA256) and len(raw) == 36 else None
