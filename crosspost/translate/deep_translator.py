"""Services asked through deep-translator: it knows how to ask and to read, the careful client carries it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from crosspost.errors import BadAnswer, ServiceError
from crosspost.translate.services import SERVICES, credentials, own_client

if TYPE_CHECKING:
    from crosspost.http import Client


class DeepTranslator:
    """A service that deep-translator knows; each text gets an instance of its own.

    An instance keeps the text in a field: shared by eight threads, 37 of 400 calls got the translation of another
    thread's text (measured on loopback, deep-translator 1.11.4).
    """

    def __init__(self, engine: str, client: Client | None = None) -> None:
        self.engine = engine
        self.facts = SERVICES[engine]
        self._client = client
        self._turn = threading.Lock()
        self._made: Any = None

    def ask(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Ask for one text after the other."""
        return [self._one(text, source, target) for text in texts]

    def _one(self, text: str, source: str, target: str) -> str:
        arguments = credentials(self.engine, self.facts)
        found: object = None
        failure: ServiceError | None = None
        try:
            found = self._class()(source=source, target=target, **arguments).translate(text)
        except ServiceError as error:
            failure = error
        except Exception as error:  # noqa: BLE001  # whatever it raises holds the text or the key: only its kind is told
            failure = BadAnswer(f"{self.facts.host}: an answer that is no translation ({type(error).__name__})")
        if failure is not None:
            raise failure.with_traceback(None)
        return _only_text(found)

    def _class(self) -> Any:
        """The translator's class in a copy of its module, so that the name `requests` in it can be ours.

        The module that others import stays as it is.
        """
        with self._turn:
            if self._made is None:
                module, _, name = self.facts.module.partition(".")
                copy = _copy(f"deep_translator.{module}")
                copy.requests = _Requests(self._client or own_client())  # type: ignore[attr-defined]
                self._made = getattr(copy, name)
            return self._made


def _only_text(found: object) -> str:
    """What deep-translator returns is a text, None for one without letters, or anything that a service made up."""
    return found if isinstance(found, str) else ""


def _copy(name: str) -> ModuleType:
    found = find_spec(name)
    assert found is not None  # noqa: S101  # for the type checker: deep-translator is a dependency
    assert found.loader is not None  # noqa: S101  # as above
    copy = module_from_spec(found)
    found.loader.exec_module(copy)
    return copy


class _Requests:
    """What stands for `requests` in a module of deep-translator: the same calls, over the careful client."""

    def __init__(self, client: Client) -> None:
        import requests

        self.exceptions = requests.exceptions
        self._client = client
        self._lists: dict[str, Any] = {}
        self._turn = threading.Lock()

    def get(self, url: str, params: Mapping[str, Any] | None = None, **_other: object) -> Any:
        """Ask; an address without parameters holds no text and is asked once (Microsoft's list of languages)."""
        if params is not None:
            return self._ask("GET", url, params=params)
        with self._turn:
            if url not in self._lists:
                self._lists[url] = self._ask("GET", url)
            return self._lists[url]

    def post(self, url: str, params: Any = None, data: Any = None, json: Any = None, **other: Any) -> Any:
        """Ask with a body."""
        return self._ask("POST", url, params=params, data=data, json=json, headers=other.get("headers") or {})

    def _ask(self, method: str, url: str, **content: Any) -> Any:
        if url.startswith("http://"):  # MyMemory's address in deep-translator: posts would travel in the clear
            url = url.replace("http://", "https://", 1)
        return self._client.ask(method, url, **content)
