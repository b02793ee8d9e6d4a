"""Which column of a table holds which field of a post: as its name says, as guessed, or as told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from crosspost.models import Post

Columns = Mapping[str, str]  # field of a post -> name of a column


def renamed_by(columns: Columns) -> dict[str, str]:
    """Return column -> field, for every column that is not named like its field.

    A column named like a field that another column was told to be is kept beside it, under a name of its own.
    """
    pushed_aside = {field: f"{field}_unmapped" for field, column in columns.items() if field != column}
    return {**pushed_aside, **{column: field for field, column in columns.items() if field != column}}


# Names that other programs give the columns, the surest first; compared in small letters, without marks.
_GUESSES: dict[str, tuple[str, ...]] = {
    "id": (
        *("post id", "tweet id", "status id", "message id", "video id", "comment id", "id str", "uid", "guid", "uri"),
        *("identifiant", "المعرف", "رقم المنشور"),
    ),
    "text": (
        *("full text", "message", "body", "content", "caption", "post text", "tweet text", "tweet", "post", "status"),
        *("message text", "text content", "description", "title", "texte", "contenu", "légende", "publication"),
        *("النص", "نص", "المحتوى", "المنشور", "نص المنشور"),
    ),
    "created_at": (
        *("created at", "timestamp", "datetime", "date time", "published at", "published", "publish date"),
        *("post created", "posted at", "created time", "created", "created utc", "date", "time", "date de publication"),
        *("heure", "التاريخ", "تاريخ", "تاريخ النشر"),
    ),
    "author": (
        *("username", "user name", "screen name", "author username", "account", "handle", "user", "page name"),
        *("channel", "channel name", "from", "sender", "author name", "name", "auteur", "compte", "utilisateur"),
        *("الكاتب", "الحساب", "المستخدم", "اسم المستخدم", "الناشر"),
    ),
    "url": ("permalink", "post url", "tweet url", "permanent url", "link", "lien", "الرابط", "رابط"),
    "lang": ("language", "language guess", "langue", "اللغة"),
    "platform": ("source platform", "network", "plateforme", "المنصة"),
    "reply_to": ("in reply to", "in reply to id", "in reply to status id", "reply to id", "parent id"),
    "thread": ("conversation id", "thread id"),
    "repost_of": ("retweet of", "retweeted id", "retweet id", "reposted id"),
    "quotes": ("quoted id", "quoted status id", "quoted tweet id"),
}
_MARKS = re.compile(r"[\W_]+")


def columns_of(names: Sequence[str], told: Columns | None = None) -> tuple[dict[str, str], list[str]]:
    """Return field -> column for a header, and what of it was guessed, in words.

    A column named like a field of a post is that field. What `told` says comes first; a field that no column is named
    after is looked for among the names that other programs use. A post without a column for its id goes by its URL.
    """
    found = {name: name for name in names if name in Post.model_fields}
    found |= told or {}
    plain = {_plain(name): name for name in reversed(names)}
    guessed: dict[str, str] = {}
    for field in Post.model_fields:
        if field in found:
            continue
        for guess in (_plain(field), *_GUESSES.get(field, ())):
            column = plain.get(guess)
            if column is not None and column not in found.values() and column not in guessed.values():
                guessed[field] = column
                break
    found |= guessed
    if "id" not in found and "url" in found:
        found["id"] = guessed["id"] = found["url"]
    return found, [f"{field} from {column!r}" for field, column in guessed.items() if field != column]


def _plain(name: str) -> str:
    return _MARKS.sub(" ", name).strip().casefold()
