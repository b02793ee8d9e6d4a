"""The translation services as they speak, played on 127.0.0.1; what is sent to their real hosts is led there."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
from loopback import Play, Request, answer

from crosspost.http import Client, _Transport
from crosspost.translate import service
from crosspost.translate.services import Service

Reply = Callable[[str], str]  # a text -> its translation

KEYS = {
    "LIBRE_API_KEY": "planted-libre-key",
    "MICROSOFT_API_KEY": "planted-microsoft-key",
    "MICROSOFT_REGION": "planted-region",
    "BAIDU_APPID": "planted-baidu-id",
    "BAIDU_APPKEY": "planted-baidu-key",
    "MYMEMORY_EMAIL": "planted@mail.example",
}


class Rerouted(httpx.BaseTransport):
    """Carry every request to a port of this machine, whatever host it is for."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inner = _Transport(public_only=False)
        self.hosts: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.hosts.append(f"{request.url.scheme}://{request.url.host}")
        here = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return self._inner.handle_request(
            httpx.Request(request.method, here, headers=request.headers, content=request.read())
        )

    def close(self) -> None:
        self._inner.close()


def rerouted(name: str, port: int, **limits: Any) -> Service:
    """Return a service whose host is played on `port`."""
    limits = {"public_only": False, "deadline": 5.0, "patience": 5.0, "attempts": 1, **limits}
    return service(name, Client(**limits, transport=Rerouted(port)))


def google(reply: Reply) -> Play:
    def play(request: Request) -> Iterator[bytes]:
        made = html.escape(reply(request.params["q"]))
        return answer(f'<html><body><div class="result-container">{made}</div></body></html>')

    return play


def mymemory(reply: Reply) -> Play:
    def play(request: Request) -> Iterator[bytes]:
        made = {"translatedText": reply(request.params["q"]), "match": 0.85}
        return answer(json.dumps({"responseData": made, "responseStatus": 200, "matches": []}))

    return play


def microsoft(reply: Reply) -> Play:
    def play(request: Request) -> Iterator[bytes]:
        if request.method == "GET":
            codes = {"ar": {"name": "Arabic"}, "fr": {"name": "French"}, "en": {"name": "English"}}
            return answer(json.dumps({"translation": codes}))
        texts = [item["text"] for item in json.loads(request.body)]
        return answer(json.dumps([{"translations": [{"text": reply(text), "to": "en"}]} for text in texts]))

    return play


def baidu(reply: Reply) -> Play:
    def play(request: Request) -> Iterator[bytes]:
        text = request.params["q"]
        lines = [{"src": line, "dst": reply(line)} for line in text.split("\n")]
        return answer(json.dumps({"from": "ara", "to": "en", "trans_result": lines}))

    return play


def libretranslate(reply: Reply) -> Play:
    def play(request: Request) -> Iterator[bytes]:
        return answer(json.dumps({"translatedText": [reply(text) for text in json.loads(request.body)["q"]]}))

    return play


SPEAKING: dict[str, Callable[[Reply], Play]] = {
    "google": google,
    "mymemory": mymemory,
    "microsoft": microsoft,
    "baidu": baidu,
    "libretranslate": libretranslate,
}
