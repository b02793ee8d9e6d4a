"""Telegram's public preview of a channel (t.me/s/CHANNEL), a page of HTML -> one of its posts."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from crosspost.sources.shape import Row

LONGEST_PAGE = 4_000_000  # characters
_VOID = frozenset(
    {"br", "img", "input", "link", "meta", "source", "hr", "wbr", "col", "area", "base", "embed", "track"}
)
_BACKGROUND = re.compile(r"background-image:\s*url\(['\"]?([^'\")]+)")
_ADDRESS = re.compile(r"https?://t\.me/(?:s/)?([A-Za-z0-9_]+/\d+)")
_P = "tgme_widget_message_"


def preview_post(page: str, number: str) -> Row | None:
    """Return the fields of the post `channel/12` on a page, or None where the page does not show it."""
    reader = _Preview(number.lower())
    reader.feed(page[:LONGEST_PAGE])
    reader.close()
    return reader.row()


class _Preview(HTMLParser):
    def __init__(self, number: str) -> None:
        super().__init__(convert_charrefs=True)
        self._wanted = number
        self._open: list[tuple[str, frozenset[str]]] = []
        self._depth: int | None = None  # of the element that holds the wanted post
        self._found = False
        self._text: list[str] = []
        self._author: list[str] = []
        self._fields: Row = {}
        self._media: list[Row] = []

    def row(self) -> Row | None:
        if not self._found:
            return None
        channel = self._wanted.partition("/")[0]
        row: Row = {
            "id": f"telegram:{self._wanted}",
            "text": "".join(self._text).strip(),
            "author": channel,
            "platform": "telegram",
            "url": f"https://t.me/{self._wanted}",
            **self._fields,
        }
        if self._media:
            row["media"] = self._media
        if name := "".join(self._author).strip():
            row["channel"] = name
        return row

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = frozenset(given.get("class", "").split())
        if self._depth is None and not self._found and given.get("data-post", "").lower() == self._wanted:
            self._depth, self._found = len(self._open), True
        if self._depth is not None:
            self._take(tag, classes, given)
        if tag not in _VOID:
            self._open.append((tag, classes))

    def handle_endtag(self, tag: str) -> None:
        if all(tag != name for name, _ in self._open):
            return  # never opened, or of an element that has no end
        while self._open:
            last, _ = self._open.pop()
            if self._depth is not None and len(self._open) <= self._depth:
                self._depth = None
            if last == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._depth is None:
            return
        if self._within(f"{_P}text") and not self._within(f"{_P}reply"):
            self._text.append(data)
        elif self._within(f"{_P}owner_name"):
            self._author.append(data)

    def _take(self, tag: str, classes: frozenset[str], given: dict[str, str]) -> None:
        if tag == "br" and self._within(f"{_P}text") and not self._within(f"{_P}reply"):
            self._text.append("\n")
        elif tag == "time" and "datetime" in given:
            self._fields.setdefault("created_at", given["datetime"])
        elif f"{_P}photo_wrap" in classes and (found := _BACKGROUND.search(given.get("style", ""))):
            self._media.append({"type": "image", "url": found[1]})
        elif tag == "video" and given.get("src"):
            self._media.append({"type": "video", "url": given["src"]})
        elif tag == "audio" and given.get("src"):
            self._media.append({"type": "audio", "url": given["src"]})
        elif f"{_P}reply" in classes and (found := _ADDRESS.match(given.get("href", ""))):
            self._fields["reply_to"] = f"telegram:{found[1].lower()}"
        elif f"{_P}forwarded_from_name" in classes and (found := _ADDRESS.match(given.get("href", ""))):
            self._fields["repost_of"] = f"telegram:{found[1].lower()}"

    def _within(self, name: str) -> bool:
        start = self._depth or 0
        return any(name in classes for _, classes in self._open[start:])
