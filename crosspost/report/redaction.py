"""A report without the names of its accounts.

Accounts are those that wrote a post of the report, and those that a text mentions with an @. A name is replaced
wherever it stands: as an author, in a text, a pivot, a reason, an id. In words a pseudonym is as long as the name, so
that every span keeps its place. What leads to an account directly (addresses, paths, unknown fields) is left out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from crosspost.models import Annotation, Location, Media, Place, Post, Report

# The fields that hold words or ids of posts. All others hold our own words, or numbers.
_WORDS = frozenset(
    "id text surface a b post posts of via detail summary error file reply_to thread repost_of quotes".split()
)
_MENTION = r"(?<![\w@])@(\w[\w.-]*\w|\w)"
_NO_WORD = re.compile(r"(?=.{4}).*([\d_]|\w\s+\w)", re.DOTALL)  # a name that is no word or number of the language


def redacted(report: Report) -> Report:
    """Return the report with stable pseudonyms in place of its accounts' names.

    A name has the same pseudonym in every report: a hash of it, without a secret. So reports can be compared; but who
    suspects a name can check the suspicion, and the words of posts stay and can be searched for.
    """
    authors = {_bare(annotation.post.author) for annotation in report.posts.values()}
    return _Redaction(authors - {""}).report(report)


def pseudonym(author: str) -> str:
    """Return what stands for an author: `account-` and the beginning of what stands for the name in texts."""
    return f"account-{_digits(_bare(author))[:8]}"


def _bare(author: str | None) -> str:
    return (author or "").strip().lstrip("@")


def _digits(name: str) -> str:
    return hashlib.sha256(name.casefold().encode("utf-8", "replace")).hexdigest()


def _as_long(name: str) -> str:
    digits = _digits(name)
    return (digits * (len(name) // len(digits) + 1))[: len(name)]


class _Redaction:
    """The names of the accounts of one report, and how each noun of the report loses them."""

    def __init__(self, accounts: Iterable[str]) -> None:
        names = sorted(accounts, key=lambda name: (-len(name), name))
        telling = [re.escape(name) for name in names if _NO_WORD.match(name)]
        words = [re.escape(name) for name in names if not _NO_WORD.match(name)]
        patterns = [_MENTION]
        if telling:
            patterns.append(rf"(?<!\w)(?:{'|'.join(telling)})(?!\w)")
        if words:  # a word such as Paris is a name where it stands in an address or an id alone
            patterns.append(rf"(?<=[/:])(?:{'|'.join(words)})(?!\w)")
        self._names = re.compile("|".join(patterns), re.IGNORECASE)

    def report(self, report: Report) -> Report:
        """Replace the names in all parts of a report."""
        provenance = dict(report.provenance)
        if "inputs" in provenance:
            provenance["inputs"] = [{**item, "file": self._words(item["file"])} for item in provenance["inputs"]]
        return replace(
            report,
            provenance=provenance,
            problems=self._noun(report.problems),
            groups=self._noun(report.groups),
            findings=self._noun(report.findings),
            posts={self._words(name): self._noun(annotation) for name, annotation in report.posts.items()},
        )

    def _words(self, text: str) -> str:
        """Replace the names in a text by pseudonyms as long as they are."""
        return self._names.sub(self._found, text)

    @staticmethod
    def _found(found: re.Match[str]) -> str:
        mentioned = found.group(1)
        return _as_long(found.group()) if mentioned is None else "@" + _as_long(mentioned)

    def _noun(self, value: Any) -> Any:
        """Replace the names in one of the nouns of `crosspost.models`, in many, or in what is none."""
        if isinstance(value, tuple):
            return tuple(map(self._noun, value))
        if isinstance(value, Post):
            return self._post(value)
        if not is_dataclass(value) or isinstance(value, type | Place):  # places bear names of the gazetteer
            return value
        members = self._members({field.name: getattr(value, field.name) for field in fields(value)})
        if isinstance(value, Annotation):
            members["pivot"] = replace(value.pivot, text=self._words(value.pivot.text))
            members["urls"] = ()
        return replace(value, **members)

    def _members(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._told(member) if name in _WORDS else self._noun(member) for name, member in members.items()}

    def _told(self, value: Any) -> Any:
        """Replace the names in a field of words: it may hold a text, several, or (`a`, `post`) another noun."""
        if isinstance(value, tuple):
            return tuple(map(self._told, value))
        return self._words(value) if isinstance(value, str) else self._noun(value)

    def _post(self, post: Post) -> Post:
        kept = {name: getattr(post, name) for name in Post.model_fields if name not in ("url", "location")}
        told = self._members(kept)
        told["author"] = pseudonym(post.author) if post.author else None
        told["translations"] = {code: self._words(text) for code, text in post.translations.items()}
        told["media"] = tuple(self._media(media) for media in post.media)
        if (at := post.location) is not None:
            told["location"] = Location.model_construct(name=at.name, lat=at.lat, lon=at.lon)
        return Post.model_construct(**told)

    def _media(self, media: Media) -> Media:
        """Keep what a medium is known again by."""
        alt = None if media.alt is None else self._words(media.alt)
        name = None if media.id is None else self._words(media.id)
        return Media.model_construct(id=name, type=media.type, sha256=media.sha256, pdq=media.pdq, alt=alt)
