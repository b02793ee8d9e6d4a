"""Bluesky: posts as the API answers them (`getPosts`, feeds, searches, threads), records, and the jetstream.

Shapes: the lexicons `app.bsky.feed.defs`, `app.bsky.feed.post`, `app.bsky.embed.*` (https://docs.bsky.app). The content
id of a blob is made of its SHA-256 (https://github.com/multiformats/cid), so it says what the media *is*: wherever
the same file was uploaded, it has the same one.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.row import Item, Mapped, RowError, Said, posts_of, told_faults
from crosspost.sources.sample import Sample, has
from crosspost.sources.shape import Row, Shape, rest_of, shaped, used

PLATFORM = "bluesky"
_POST = "app.bsky.feed.post"
_LISTS = Lists(rows=frozenset({"posts", "feed", "records"}))
_RAW_SHA256 = b"\x01\x55\x12\x20"  # CID version 1, raw bytes, SHA-256 of 32 bytes
_DEEPEST = 64  # replies under replies of a thread
_DEEPEST_QUOTE = 4
_TOO_DEEP = RowError(f"posts inside posts, more than {_DEEPEST_QUOTE} levels deep: not read")
_SDK_NAMES = {"py_type": "$type", "link": "$link"}


class _Uri(Shape, frozen=True):
    uri: str | None = None


class _Reply(Shape, frozen=True):
    parent: _Uri | None = None
    root: _Uri | None = None


class _Ref(Shape, frozen=True):
    link: str | None = msgspec.field(default=None, name="$link")


class _Blob(Shape, frozen=True):
    ref: _Ref | None = None
    cid: str | None = None  # until 2023


class _Image(Shape, frozen=True):
    image: _Blob | None = None
    alt: str | None = None
    fullsize: str | None = None  # of a view


class _MediaEmbed(Shape, frozen=True):
    images: list[_Image] | None = None
    video: _Blob | None = None
    alt: str | None = None
    playlist: str | None = None  # of a view


class _Quoted(_Uri, frozen=True):
    record: _Uri | None = None  # where there is media beside it, it lies one deeper


class _Embed(_MediaEmbed, frozen=True):
    media: _MediaEmbed | None = None
    record: _Quoted | None = None
    external: _Uri | None = None


class _Shown(_MediaEmbed, frozen=True):
    media: _MediaEmbed | None = None
    record: Row | None = None


class _Record(Shape, frozen=True, rename="camel"):
    text: str | None = None
    created_at: str | None = None
    langs: list[str] | None = None
    reply: _Reply | None = None
    embed: _Embed | None = None


class _Account(Shape, frozen=True):
    did: str | None = None
    handle: str | None = None


class _View(Shape, frozen=True, rename="camel"):
    uri: str | None = None
    author: _Account | None = None
    record: Row | None = None
    value: Row | None = None  # of a record, and of what is quoted
    embed: _Shown | None = None
    indexed_at: str | None = None


class _Reason(Shape, frozen=True, rename="camel"):
    type: str | None = msgspec.field(default=None, name="$type")
    by: _Account | None = None
    indexed_at: str | None = None


class _FeedItem(Shape, frozen=True):
    post: Row | None = None
    reason: _Reason | None = None
    reply: Row | None = None


class _Commit(Shape, frozen=True):
    rkey: str | None = None
    cid: str | None = None
    record: Row | None = None


class _Event(Shape, frozen=True):
    did: str | None = None
    commit: _Commit | None = None


_NOBODY, _NO_EMBED, _NO_BLOB, _NO_IMAGE = _Account(), _Embed(), _Blob(), _Image()
_KNOWN_VIEW = (used(_View) - {"indexedAt"}) | frozenset({"cid", "embeds", "viewer", "$type", "reply"})
_KNOWN_RECORD = used(_Record) | frozenset({"$type", "facets", "entities"})


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
    if "py_type" in row or "indexed_at" in row:
        row = _in_camel_case(row)
    if "thread" in row:
        yield from _thread(row["thread"])
    elif "post" in row:
        item, faults = shaped(row, _FeedItem)
        yield from told_faults(faults)
        if item.post is not None:
            yield from _view(item.post)
            yield from _repost(item.post, item.reason or _Reason())
        for name in ("parent", "root"):  # what a feed shows above a reply
            if isinstance(above := (item.reply or {}).get(name), dict) and "record" in above:
                yield from _view(above)
    elif "commit" in row:
        event, faults = shaped(row, _Event)
        yield from told_faults(faults)
        commit = event.commit or _Commit()
        yield from _view({"uri": f"at://{event.did}/{_POST}/{commit.rkey}", "cid": commit.cid, "record": commit.record})
    else:
        yield from _view(row)


def _in_camel_case(value: Any) -> Any:
    """What the Python SDK of the protocol made of a view (4CAT keeps that), as the API gave it."""
    if isinstance(value, list):
        return [_in_camel_case(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_camel(name): _in_camel_case(item) for name, item in value.items()}


def _camel(name: str) -> str:
    if name in ("py_type", "link"):
        return _SDK_NAMES[name]
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others)) if first and name.islower() else name


def post_id(uri: str | None) -> str | None:
    """Return the id of the post at an `at://` address, unique across platforms."""
    if not uri:
        return None
    did, _, key = _parts(uri)
    return f"{PLATFORM}:{did}/{key}" if key else f"{PLATFORM}:{uri}"


def _parts(uri: str) -> tuple[str, str, str]:
    did, _, path = uri.removeprefix("at://").partition("/")
    collection, _, key = path.partition("/")
    return did, collection, key


def _thread(thread: Any) -> Iterator[Item]:
    """The posts of a thread: a tree of replies, or a list of posts with their depth (`getPostThreadV2`)."""
    nodes = [node.get("value") for node in thread if isinstance(node, dict)] if isinstance(thread, list) else [thread]
    waiting = [(node, 0) for node in reversed(nodes) if isinstance(node, dict)]
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


def _view(row: Row, levels: int = _DEEPEST_QUOTE) -> Iterator[Item]:
    if row.get("notFound") or row.get("blocked"):
        yield RowError("the post is not there: it was deleted, or its author is blocked")
        return
    view, faults = shaped(row, _View)
    content = view.record or view.value or {}
    record, wrong = shaped(content, _Record)
    mapped = _mapped(view, record)
    if wrong:
        faults = {**faults, **{f"record.{path}": value for path, value in wrong.items()}}
    linked = record.embed and record.embed.external and record.embed.external.uri
    rest = {**rest_of(content, _KNOWN_RECORD), **rest_of(row, _KNOWN_VIEW)}
    yield from posts_of(mapped, rest, faults, links=[linked] if linked else None)
    if quoted := _quoted_view(view):
        yield from _view(quoted, levels - 1) if levels else [_TOO_DEEP]


def _mapped(view: _View, record: _Record) -> Mapped:
    uri, author = view.uri or "", view.author or _NOBODY
    did, _, key = _parts(uri)
    reply, embed = record.reply or _Reply(), record.embed or _NO_EMBED
    return {
        "id": post_id(view.uri),
        "text": record.text,
        "author": author.handle or author.did or did or None,
        "platform": PLATFORM,
        "url": f"https://bsky.app/profile/{author.handle or did}/post/{key}" if key else None,
        "lang": next(iter(record.langs or ()), None),
        "reply_to": post_id(reply.parent.uri if reply.parent else None),
        "thread": post_id((reply.root and reply.root.uri) or view.uri),
        "quotes": _quoted(embed.record) if embed.record else None,
        "created_at": record.created_at or view.indexed_at,
        "media": _media(embed.media or embed, view.embed and (view.embed.media or view.embed), did),
    }


def _repost(row: Row, reason: _Reason) -> Iterator[Item]:
    by = reason.by or _NOBODY
    who = by.did or by.handle
    if who is None or "repost" not in (reason.type or "").lower():
        return
    view = shaped(row, _View)[0]
    original = _mapped(view, shaped(view.record or {}, _Record)[0])
    mapped: Mapped = {
        "id": f"{PLATFORM}:{who}/repost/{(original['id'] or '').rpartition('/')[2]}",
        "text": original["text"],
        "author": by.handle or by.did,
        "platform": PLATFORM,
        "repost_of": original["id"],
        "created_at": reason.indexed_at,
        "media": original["media"],
    }
    yield from posts_of(mapped, {})


def _quoted(record: _Quoted) -> str | None:
    """The post that an embed quotes: not a list, a feed or an account that it shows."""
    uri = (record.record.uri if record.record else record.uri) or ""
    return post_id(uri) if f"/{_POST}/" in uri else None


def _quoted_view(view: _View) -> Row | None:
    """The post that a post quotes, as a view; of one that was deleted or taken back there is none."""
    shown = view.embed.record if view.embed else None
    found = shown.get("record", shown) if shown else None
    if not isinstance(found, dict) or not isinstance(found.get("value"), dict):
        return None
    if _parts(str(found.get("uri")))[1] != _POST:
        return None
    embeds = found.get("embeds")
    return {**found, "embed": embeds[0] if isinstance(embeds, list) and embeds else None}


def _media(embed: _MediaEmbed, shown: _MediaEmbed | None, did: str) -> list[Row]:
    """The pictures or the video of a record, with the URLs of its view, which the record has not."""
    views = (shown.images or ([_Image(fullsize=shown.playlist)] if shown.playlist else [])) if shown else []
    blobs = [(image.image or _NO_BLOB, image.alt, "image") for image in embed.images or ()]
    if embed.video:
        blobs.append((embed.video, embed.alt, "video"))
    media: list[Row] = []
    for place, (blob, alt, kind) in enumerate(blobs):
        cid = (blob.ref and blob.ref.link) or blob.cid
        url = views[place].fullsize if place < len(views) else None
        url = url or _url(kind, did, cid)
        media.append({"id": cid, "type": kind, "url": url, "sha256": sha256_of_cid(cid), "alt": alt or None})
    return media or [{"type": "image", "url": view.fullsize, "alt": view.alt or None} for view in views]


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
