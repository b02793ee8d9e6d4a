"""Posts' words outside of a page: nothing moves the cursor, ends a cell or turns a line around.

Both functions put one character for one, so that offsets hold.
"""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Marks that only set the direction of their neighbours (LRM, RLM, ALM) or join letters stay: posts are spelled so.
_ODD = re.compile(
    "[\t\n\r\u2028\u2029]|[\xad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
REPLACEMENT = "\ufffd"


def without_controls(text: str) -> str:
    """Return a text with a picture (␛) or U+FFFD for each control but tab and line ends: XML 1.0 allows no others."""
    return _CONTROLS.sub(lambda found: _picture(found.group()), text)


def harmless(text: str) -> str:
    """Return a text as one line that shows what cannot be seen: controls as pictures, overrides and such as U+FFFD."""
    return _ODD.sub(lambda found: " " if found.group().isspace() else REPLACEMENT, without_controls(text))


def isolated(text: str) -> str:
    """Wrap a text so that its right-to-left words cannot reorder the line around it (Unicode first strong isolate)."""
    return f"\u2068{harmless(text)}\u2069"


def _picture(control: str) -> str:
    if control < " ":
        return chr(0x2400 + ord(control))
    return "\u2421" if control == "\x7f" else REPLACEMENT
