"""The HTML of a post -> its text, as a reader would see it; links count by what is shown of them."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

LONGEST_HTML = 1_000_000  # characters; no post is longer
_BREAKS = {"br": "\n", "p": "\n\n", "div": "\n", "li": "\n", "blockquote": "\n", "tr": "\n", "h1": "\n", "h2": "\n"}
_TAG = re.compile(
    r"""</p>\s*<p(?:\s+[\w-]+="[^"<>]*")*\s*>|<(/?)(p|br|a|span|b|i|u|em|strong|del|code)(?:\s+[\w-]+="[^"<>]*")*\s*/?>"""
)
_UNSEEN = frozenset({"script", "style", "head", "template"})


def text_of_html(html: str) -> str:
    """Return the text of a piece of HTML, however broken: paragraphs parted by an empty line, no other markup."""
    plain = _TAG.sub(_plain, html[:LONGEST_HTML])
    if "<" not in plain:  # nothing but the few tags that servers leave in a post: parsing would find no more
        return unescape(plain).strip()
    reader = _Reader()
    reader.feed(html[:LONGEST_HTML])
    reader.close()
    return reader.text()


def _plain(tag: re.Match[str]) -> str:
    return "\n\n" if tag[2] is None else "\n" if tag[2] == "br" and not tag[1] else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "img":  # an emoji of Telegram, or one of the server's own
            self._parts.append(next((value or "" for name, value in attrs if name == "alt"), ""))
        else:
            self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag != "br":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(data)

    def _break(self, tag: str) -> None:
        wanted = _BREAKS.get(tag)
        if wanted and self._parts:
            last = self._parts[-1]
            if wanted == "\n" and tag == "br":
                self._parts.append("\n")
            elif not last.endswith(wanted):
                self._parts.append("\n" if wanted == "\n\n" and last.endswith("\n") else wanted)

    def text(self) -> str:
        return "".join(self._parts).strip()
