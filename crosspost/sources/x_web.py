"""Tweets as X's own web client gets them (GraphQL), as API v1.1 gave them, and as twarc 1 collected them.

All three are one object inside: `legacy`, or the tweet itself, with its user beside it. Quoted and retweeted posts
stand inside their tweet, and are posts too.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec

from crosspost.sources import x
from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.row import Item, Mapped, RowError, posts_of
from crosspost.sources.sample import Sample, has
from crosspost.sources.shape import Faults, Number, Row, Shape, rest_of, shaped, string_of, used


class _Name(Shape, frozen=True):
    screen_name: str | None = None


class _User(Shape, frozen=True):
    screen_name: str | None = None
    legacy: _Name | None = None
    core: _Name | None = None  # since 2025


class _UserResult(Shape, frozen=True):
    result: _User | None = None


class _Core(Shape, frozen=True):
    user_results: _UserResult | None = None


class _VideoInfo(Shape, frozen=True):
    variants: list[x.Variant] | None = None


class _Media(Shape, frozen=True):
    id_str: Number | None = None
    media_key: Number | None = None
    id: Number | None = None
    type: str | None = None
    url: str | None = None  # as it stands in the text
    media_url_https: str | None = None
    video_info: _VideoInfo | None = None
    ext_alt_text: str | None = None
    source_status_id_str: Number | None = None


class _Entities(Shape, frozen=True):
    urls: list[x.Url] | None = None
    media: list[_Media] | None = None


class _Extended(Shape, frozen=True):  # a post of more than 140 characters, in the streams of API v1.1
    full_text: str | None = None
    entities: _Entities | None = None
    extended_entities: _Entities | None = None


class _Place(Shape, frozen=True):
    full_name: str | None = None
    bounding_box: x.Point | None = None


class _Legacy(Shape, frozen=True):
    id_str: Number | None = None
    id: Number | None = None
    full_text: str | None = None
    text: str | None = None
    lang: str | None = None
    created_at: str | None = None
    user_id_str: Number | None = None
    conversation_id_str: Number | None = None
    in_reply_to_status_id_str: Number | None = None
    in_reply_to_status_id: Number | None = None
    quoted_status_id_str: Number | None = None
    quoted_status_id: Number | None = None
    entities: _Entities | None = None
    extended_entities: _Entities | None = None
    extended_tweet: _Extended | None = None
    place: _Place | None = None
    coordinates: x.Point | None = None
    retweeted_status_result: Row | None = None
    retweeted_status: Row | None = None
    quoted_status_result: Row | None = None
    quoted_status: Row | None = None


class _NoteText(Shape, frozen=True):
    text: str | None = None
    entity_set: x.Entities | None = None


class _NoteResult(Shape, frozen=True):
    result: _NoteText | None = None


class _Note(Shape, frozen=True):
    note_tweet_results: _NoteResult | None = None


class _ArticleResult(Shape, frozen=True):
    result: x.Article | None = None


class _Article(Shape, frozen=True):
    article_results: _ArticleResult | None = None


class _CardString(Shape, frozen=True):
    string_value: str | None = None


class _CardValue(Shape, frozen=True):
    key: str | None = None
    value: _CardString | None = None


class _CardLegacy(Shape, frozen=True):
    binding_values: list[_CardValue] | Row | None = None  # of API v1.1, an object


class _Card(Shape, frozen=True):
    legacy: _CardLegacy | None = None


class _UnifiedCard(Shape, frozen=True):  # JSON in a string of a card
    media_entities: dict[str, _Media] | None = None


class _Tweet(Shape, frozen=True):
    """A post of the web client lies in its `legacy`; one of API v1.1 has its `user` and all else beside."""

    rest_id: Number | None = None
    core: _Core | None = None
    user: _User | None = None
    legacy: Row | None = None
    note_tweet: _Note | None = None
    article: _Article | None = None
    card: _Card | None = None
    quoted_status_result: Row | None = None


# Of no use: told elsewhere in the post, or about the account or the client instead of the post.
_KNOWN = used(_Tweet) | frozenset(
    "__typename id unmention_data is_translatable grok_analysis_button grok_annotations has_birdwatch_notes"
    " quotedRefResult unified_card quick_promote_eligibility".split()
)
_KNOWN_LEGACY = used(_Legacy) | frozenset(
    "display_text_range user favorited retweeted bookmarked is_quote_status quoted_status_permalink"
    " in_reply_to_user_id in_reply_to_user_id_str truncated contributors geo".split()
)
_TWEETS = Lists(rows=frozenset({"statuses"}))
_CONTENT = frozenset({"legacy", "id_str", "full_text", "text"})
_NO_ENTITIES = _Entities()
_CARD = msgspec.json.Decoder(_UnifiedCard)


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file holds tweets of API v1.1 or of the web client (0..1)."""
    row = sample.first("statuses") or sample.row
    if has(row, "id_str") and (has(row, "user", "screen_name") or has(row, "full_text")):
        return 0.9
    return 0.9 if has(row, "rest_id") and has(row, "legacy") and not has(row, "__import_meta") else 0.0


def read_x_web(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each tweet, then those inside it."""
    for number, tweet, _ in json_rows(lines, _TWEETS):
        if isinstance(tweet, RowError):
            yield number, tweet
        else:
            for item in web_posts(tweet):
                yield number, item


class _Opened:
    """A tweet out of its wrappers, of whichever of the three kinds."""

    def __init__(self, row: Row) -> None:
        wrong: Faults = {}
        for wrapper in ("result", "tweet"):  # one of limited visibility lies one deeper
            if isinstance(inside := row.get(wrapper), dict):
                row = inside
            elif inside is not None:
                wrong[wrapper] = inside
        self.row = row
        self.tweet, faults = shaped(row, _Tweet)
        legacy = self.tweet.legacy
        self.legacy, legacy_faults = shaped(row if legacy is None else legacy, _Legacy)
        self.faults = {**wrong, **faults, **legacy_faults}
        self.number = self.tweet.rest_id or self.legacy.id_str or self.legacy.id

    @property
    def author(self) -> str | None:
        core, user = self.tweet.core, self.tweet.user
        if core and core.user_results:
            user = core.user_results.result
        if user is None:
            return None
        return (user.core and user.core.screen_name) or (user.legacy and user.legacy.screen_name) or user.screen_name

    @property
    def text(self) -> str | None:
        """The whole text: of a long post its note, of an article what it says."""
        legacy, entities = self.legacy, self.legacy.entities or _NO_ENTITIES
        urls, text = entities.urls or [], legacy.full_text or legacy.text
        if (note := self.tweet.note_tweet) and (note_ := note.note_tweet_results) and (whole := note_.result):
            urls = [*urls, *((whole.entity_set and whole.entity_set.urls) or ())]
            text = whole.text or text
        elif legacy.extended_tweet:
            text = legacy.extended_tweet.full_text or text
        text = x.shown(text, urls, [media.url for media in entities.media or ()])
        article = self.tweet.article and self.tweet.article.article_results
        return x.with_article(text, article.result) if article and article.result else text

    @property
    def media(self) -> list[Row]:
        of = self.legacy if self.legacy.extended_entities else self.legacy.extended_tweet or self.legacy
        for entities in (of.extended_entities, of.entities):
            if entities and entities.media:
                return [_one_media(item) for item in entities.media]
        return [_one_media(item) for item in _card_media(self.tweet.card)] if self.tweet.card else []

    @property
    def location(self) -> Row | None:
        place, point = self.legacy.place, self.legacy.coordinates
        if place is None:
            return x.place(None, None, point) if point else None
        return x.place(place.full_name, place.bounding_box, point)

    @property
    def rest(self) -> Row:
        legacy = self.tweet.legacy
        if legacy is None:
            return rest_of(self.row, _KNOWN | _KNOWN_LEGACY)
        return {**rest_of(legacy, _KNOWN_LEGACY), **rest_of(self.row, _KNOWN)}


def web_posts(tweet: Row, beside: Row | None = None) -> Iterator[Item]:
    """Yield the post that a tweet is, with fields of its envelope `beside` it, then the posts inside it."""
    yield from _posts(_Opened(tweet), beside or {}, x.DEEPEST)


def _posts(opened: _Opened, beside: Row, levels: int) -> Iterator[Item]:
    legacy = opened.legacy
    if "tombstone" in opened.row or not (_CONTENT & opened.row.keys()):
        yield RowError(
            "the post is not there: X shows a notice in its place" if "tombstone" in opened.row else "no tweet"
        )
        return
    reposted = _inside(legacy.retweeted_status_result or legacy.retweeted_status)
    quoted = _inside(opened.tweet.quoted_status_result or legacy.quoted_status_result or legacy.quoted_status)
    author = opened.author
    mapped: Mapped = {
        "id": x.post_id(opened.number),
        "text": opened.text,
        "author": author or string_of(legacy.user_id_str),
        "platform": x.PLATFORM,
        "url": x.post_url(author, opened.number),
        "lang": legacy.lang,
        "thread": x.post_id(legacy.conversation_id_str),
        "reply_to": x.post_id(legacy.in_reply_to_status_id_str or legacy.in_reply_to_status_id),
        "quotes": x.post_id((quoted and quoted.number) or legacy.quoted_status_id_str or legacy.quoted_status_id),
        "created_at": legacy.created_at,
        "location": opened.location,
        "media": opened.media,
    }
    if reposted:
        mapped["repost_of"] = x.post_id(reposted.number)
        mapped["text"] = x.retweet_text(reposted.author, reposted.text, mapped["text"])
        mapped["media"] = mapped["media"] or reposted.media
    yield from posts_of(mapped, {**opened.rest, **beside}, opened.faults)
    for other in (reposted, quoted):
        if other:
            yield from _posts(other, {}, levels - 1) if levels else [x.TOO_DEEP]


def _inside(row: Row | None) -> _Opened | None:
    """A post inside another, where more than a notice is left of it."""
    opened = _Opened(row) if row else None
    return opened if opened and (opened.number or opened.faults) and "tombstone" not in opened.row else None


def _card_media(card: _Card) -> list[_Media]:
    """The media of a card, which is JSON in a string of the tweet's JSON."""
    values = card.legacy.binding_values if card.legacy else None
    for value in values if isinstance(values, list) else ():
        if value.key == "unified_card" and value.value:
            try:
                return list((_CARD.decode(value.value.string_value or "{}").media_entities or {}).values())
            except (msgspec.DecodeError, RecursionError):
                continue
    return []


def _one_media(item: _Media) -> Row:
    url = (item.video_info and x.best_variant(item.video_info.variants)) or item.media_url_https
    media = {
        "id": x.media_id(item.id_str or item.media_key or item.id),
        "type": x.kind(item.type),
        "url": url,
        "alt": item.ext_alt_text,
    }
    if source := item.source_status_id_str:
        media["first_posted_in"] = x.post_id(source)
    return media
