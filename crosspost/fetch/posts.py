"""A public post by its address: from Bluesky and Mastodon through their open APIs, from Telegram through its preview.

What comes back is read by the same readers as an export, so that a post has one id wherever it comes from.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

from crosspost.errors import BadAnswer, UsageError
from crosspost.fetch.asking import Asker
from crosspost.fetch.telegram import preview_post
from crosspost.models import Post
from crosspost.sources.addresses import id_of_url
from crosspost.sources.bluesky import bluesky_posts
from crosspost.sources.mastodon import mastodon_posts
from crosspost.sources.row import Item, post_of

BLUESKY = "https://public.api.bsky.app/xrpc"
TELEGRAM = "https://t.me/s"
_GONE = (400, 401, 403, 404, 410)


def fetch_posts(url: str, asker: Asker) -> list[Post]:
    """Return the post at an address, and after it those that it quotes or boosts.

    Raises:
        UsageError: the address is of no post that can be fetched.
        ServiceError: the post is not there for the public, or its service did not answer as it should.
    """
    known = id_of_url(url)
    fetch = _FETCHERS.get(known[0]) if known else None
    if known is None or fetch is None:
        raise UsageError(f"{url}: no post that can be fetched: addresses of {', '.join(_FETCHERS)} were expected")
    posts = [item for item in fetch(url, known[1].partition(":")[2], asker) if isinstance(item, Post)]
    if not posts:
        raise BadAnswer(f"{url}: the post is not there, or not for the public")
    return posts


def _bluesky(_url: str, number: str, asker: Asker) -> Iterator[Item]:
    who, _, key = number.partition("/")
    if not who.startswith("did:"):
        who = _json(asker, f"{BLUESKY}/com.atproto.identity.resolveHandle?handle={quote(who)}").get("did", who)
    uri = f"at://{who}/app.bsky.feed.post/{key}"
    views = _json(asker, f"{BLUESKY}/app.bsky.feed.getPosts?uris={quote(uri, safe='')}").get("posts")
    for view in views if isinstance(views, list) else []:
        if isinstance(view, dict):
            yield from bluesky_posts(view)


def _mastodon(url: str, number: str, asker: Asker) -> Iterator[Item]:
    host = urlsplit(url).netloc
    yield from mastodon_posts(_json(asker, f"https://{host}/api/v1/statuses/{number.rpartition('/')[2]}"))


def _telegram(_url: str, number: str, asker: Asker) -> Iterator[Item]:
    if number.startswith("c/"):
        raise UsageError(f"https://t.me/{number}: a private channel has no public preview")
    page = _get(asker, f"{TELEGRAM}/{number}").decode("utf-8", "replace")
    if (row := preview_post(page, number)) is not None:
        yield from post_of(row)


_FETCHERS: dict[str, Callable[[str, str, Asker], Iterator[Item]]] = {
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "telegram": _telegram,
}


def _get(asker: Asker, url: str) -> bytes:
    answer = asker.get(url)
    host = urlsplit(url).netloc
    if answer.status_code in _GONE:
        raise BadAnswer(f"{host}: answered {answer.status_code}: the post is not there, or not for the public")
    if answer.status_code != 200:
        raise BadAnswer(f"{host}: answered {answer.status_code} where 200 was expected")
    return answer.content


def _json(asker: Asker, url: str) -> dict[str, Any]:
    try:
        value = json.loads(_get(asker, url))
    except (ValueError, RecursionError):
        raise BadAnswer(f"{urlsplit(url).netloc}: did not answer with JSON") from None
    if not isinstance(value, dict):
        raise BadAnswer(f"{urlsplit(url).netloc}: did not answer with a JSON object")
    return value
