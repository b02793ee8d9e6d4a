"""The translation services on the network: what each is, what it needs, and how it is asked.

All but LibreTranslate are asked through deep-translator, which knows their addresses, parameters and answers; what it
sends goes through `crosspost.http` instead of its own `requests`, so that every call ends. LibreTranslate takes many
texts in one request, and deep-translator would put key and text into the address: it is asked here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from crosspost.errors import AccessDenied

if TYPE_CHECKING:
    from crosspost.http import Client


@dataclass(frozen=True)
class Facts:
    """What is known of a service.

    `codes` gives its own code for each ISO 639-1 language that it is asked for. `limit` is in bytes of UTF-8 a request
    (an Arabic letter takes two, and six in an address), `batch` in texts a request. `keys` are the arguments of
    deep-translator and the environment variables that hold them.
    """

    host: str
    note: str
    codes: Mapping[str, str]
    limit: int
    module: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    batch: int = 1


def _iso(codes: str, **other: str) -> Mapping[str, str]:
    return {**{code: code for code in codes.split()}, **other}


_MANY = (
    "ar bg ca ckb cs da de el en es et fa fi fr hi hr hu hy id it ja ka "
    "ko ku mk nl pl ps pt ro ru so sq sv sw tr uk ur vi"
)

SERVICES: Mapping[str, Facts] = {
    "google": Facts(
        "translate.google.com",
        "Google Translate; no key. It is the page for old phones, read without an agreement: expect to be throttled",
        _iso(_MANY, no="no", tl="tl", he="iw", zh="zh-CN"),
        limit=2_000,
        module="google.GoogleTranslator",
    ),
    "mymemory": Facts(
        "api.mymemory.translated.net",
        "MyMemory; no key, some 5,000 characters a day without an e-mail address. It mixes in what people stored there",
        _iso("", ar="ar-SA", en="en-GB", fr="fr-FR", es="es-ES", de="de-DE", it="it-IT", ru="ru-RU", tr="tr-TR"),
        limit=480,
        module="mymemory.MyMemoryTranslator",
        optional={"email": "MYMEMORY_EMAIL"},
    ),
    "microsoft": Facts(
        "api.cognitive.microsofttranslator.com",
        "Microsoft Translator; a key of an Azure account, some with a region",
        _iso(_MANY, he="he"),
        limit=10_000,
        module="microsoft.MicrosoftTranslator",
        keys={"api_key": "MICROSOFT_API_KEY"},
        optional={"region": "MICROSOFT_REGION"},
    ),
    "baidu": Facts(
        "fanyi-api.baidu.com",
        "Baidu Translate; id and key of an account. The server is in China",
        _iso("en de it pl pt ru hu cs el nl ro", ar="ara", fr="fra", es="spa", ja="jp", ko="kor", zh="zh"),
        limit=2_000,
        module="baidu.BaiduTranslator",
        keys={"appid": "BAIDU_APPID", "appkey": "BAIDU_APPKEY"},
    ),
    "libretranslate": Facts(
        "libretranslate.com",
        "LibreTranslate; a key there, or a server of your own: libretranslate=http://localhost:5000",
        _iso("ar bg ca cs da de el en es et fa fi fr he hi hu id it ja ko nl pl pt ro ru sq sv tl tr uk ur zh"),
        limit=2_000,
        keys={"api_key": "LIBRE_API_KEY"},
        batch=16,
    ),
}
"""Those of deep-translator that do Arabic and French and still answer. Not among them: DeepL (no Arabic in its table,
and keys are no longer accepted the way that it sends them), Yandex (it asks an interface that was closed), QCRI (no
French), Papago (no Arabic), Linguee and PONS (dictionaries), ChatGPT (an interface of its library that is gone)."""


class Service(Protocol):
    """Something that translates texts of one language when it is asked over the network."""

    engine: str
    facts: Facts

    def ask(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Return what came back for each text, unchecked; languages in the service's own codes.

        Raises:
            ServiceError: nothing came back, or nothing that could be read.
        """
        ...


def missing_keys(facts: Facts) -> list[str]:
    """Return the environment variables that a service needs and that are not set."""
    return [variable for variable in facts.keys.values() if not os.environ.get(variable)]


def credentials(engine: str, facts: Facts) -> dict[str, str]:
    """Return what a service is told beside texts and languages, from the environment.

    Raises:
        AccessDenied: a key that it needs is not set.
    """
    if missing := missing_keys(facts):
        raise AccessDenied(f"{engine} needs a key in the environment variable {' and '.join(missing)}")
    both = {**facts.keys, **facts.optional}
    return {argument: os.environ[name] for argument, name in both.items() if os.environ.get(name)}


def own_client() -> Client:
    """Return a client for servers that the user chose: they may be on the same machine, and slow to translate."""
    from crosspost.http import Client

    return Client(public_only=False, deadline=40.0, patience=120.0)
