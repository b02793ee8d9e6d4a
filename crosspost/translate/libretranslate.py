"""LibreTranslate, asked over its own interface."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crosspost.errors import BadAnswer, UsageError
from crosspost.translate.services import SERVICES, credentials, own_client

if TYPE_CHECKING:
    from crosspost.http import Client


class LibreTranslate:
    """LibreTranslate: the public server, or one of your own by its address, many texts in one request.

    Raises:
        UsageError: the address is none.
    """

    def __init__(self, address: str | None = None, client: Client | None = None) -> None:
        self.facts = SERVICES["libretranslate"]
        self.engine = "libretranslate"
        self._url = f"https://{self.facts.host}"
        self._client = client
        if address is not None:
            self._url = address.rstrip("/")
            host = _host(self._url)
            self.engine = f"libretranslate {host}"
            note = "your LibreTranslate" + ("" if address.startswith("https:") else ", not encrypted on the way")
            self.facts = replace(self.facts, host=host, note=note, keys={}, optional=self.facts.keys)

    def ask(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Ask for all texts at once."""
        self._client = self._client or own_client()
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        body |= credentials(self.engine, self.facts)
        response = self._client.ask("POST", f"{self._url}/translate", json=body)
        return self._texts(response.content, len(texts))

    def _texts(self, body: bytes, wanted: int) -> list[str]:
        try:
            answered = json.loads(body)
        except ValueError:
            answered = None
        found = answered.get("translatedText") if isinstance(answered, dict) else None
        if not isinstance(found, list) or len(found) != wanted or not all(isinstance(text, str) for text in found):
            raise BadAnswer(f"{self.facts.host}: an answer that is not {wanted} translations")
        return found


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.username or parts.password:
        raise UsageError("libretranslate= takes no account in the address; a key goes into LIBRE_API_KEY")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("libretranslate= wants the address of a server, such as libretranslate=http://localhost:5000")
    return parts.hostname if port is None else f"{parts.hostname}:{port}"
