"""Translation to the pivot language: real translations where there are any, the offline gloss where there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, get_args

from crosspost.errors import UnsupportedPivot, UsageError
from crosspost.models import Language, Passage, Post, Quality, Translation
from crosspost.translate.services import SERVICES, Service

if TYPE_CHECKING:
    from crosspost.http import Client
    from crosspost.translate.online import Online

NAMES = ("gloss", *SERVICES)


class Translator(Protocol):
    """Translate passages into one pivot language.

    `translate` answers one `Translation` a passage, in order, and says its quality; what could not be translated is
    `failed`, never the source text passed off as a translation.
    """

    engine: str
    version: str
    pivot: str

    def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """Answer one `Translation` a passage, in order."""
        ...


def translator(
    name: str = "gloss",
    pivot: str = "en",
    *,
    lexica: tuple[str, ...] = (),
    memory: str | None = None,
    say: Callable[[str], None] | None = None,
) -> Translator:
    """Return the translator of that name, with the gloss behind it where the pivot is English.

    Args:
        name: `gloss`, which uses the network for nothing, or a service of `NAMES`.
        pivot: the language to translate to.
        lexica: dictd dictionaries that the gloss uses beside its own.
        memory: the file of a translation memory. The gloss alone takes from it what anybody translated; a service
            looks there for its own translations before it is asked, and keeps there what it answers.
        say: told once, before the first text leaves the machine, what goes where (default: a logged warning).

    Raises:
        UsageError: no translator has that name.
        UnsupportedPivot: it cannot translate into `pivot`.
        TranslationMemoryError: `memory` is none.
    """
    from crosspost.translate.fallback import WithGloss
    from crosspost.translate.gloss import Gloss

    if name != "gloss":
        first: Translator = online_translator(name, pivot, memory=memory, say=say)
    elif memory is not None:
        from crosspost.translate.memory import Memory, Recall

        first = Recall(Memory(memory), pivot)
    elif pivot == "en":
        return Gloss(lexica)
    else:
        raise UnsupportedPivot(
            f"the gloss goes to English alone, not to {pivot!r}: use --pivot en, or --translator with "
            f"{' or '.join(SERVICES)}, or a translation memory with --memory"
        )
    return WithGloss(first, Gloss(lexica)) if pivot == "en" else first


def online_translator(
    name: str, pivot: str = "en", *, memory: str | None = None, say: Callable[[str], None] | None = None
) -> Online:
    """Return the translator that asks a service of `SERVICES`, without the gloss behind it; as `translator` does."""
    from crosspost.translate.memory import Memory
    from crosspost.translate.online import Online

    asked = service(name)  # before a file is made
    return Online(asked, pivot, None if memory is None else Memory(memory, create=True), say)


def service(name: str, client: Client | None = None) -> Service:
    """Return the service of a name of `SERVICES`, or of `libretranslate=URL`; `client` carries what is asked.

    Raises:
        UsageError: no service has that name, or only LibreTranslate takes an address.
    """
    base, has_address, address = name.partition("=")
    if base not in SERVICES:
        raise UsageError(f"unknown translator {base!r}: known are gloss, {', '.join(SERVICES)}")
    if has_address and base != "libretranslate":
        raise UsageError(f"{base} takes no address; only libretranslate=URL does")
    if base == "libretranslate":
        from crosspost.translate.libretranslate import LibreTranslate

        return LibreTranslate(address if has_address else None, client)
    from crosspost.translate.deep_translator import DeepTranslator

    return DeepTranslator(base, client)


def untranslated(posts: Sequence[Post], languages: Sequence[Language], pivot: str) -> list[Passage]:
    """Return what `to_pivot` would have a translator translate, each passage once, in order."""
    parts = (part for post, language in zip(posts, languages, strict=True) for part in _parts(post, language, pivot))
    return list(dict.fromkeys(part for part in parts if isinstance(part, Passage)))


def to_pivot(posts: Sequence[Post], languages: Sequence[Language], backend: Translator) -> list[Translation]:
    """Return each post in the pivot: as it is, by the translation it came with, or by `backend`; in order.

    The pieces of a mixed post are translated each from its own language; what is in the pivot already stays.
    """
    parts = [_parts(post, language, backend.pivot) for post, language in zip(posts, languages, strict=True)]
    made = iter(backend.translate([part for of_post in parts for part in of_post if isinstance(part, Passage)]))
    return [_joined([next(made) if isinstance(part, Passage) else part for part in of_post]) for of_post in parts]


def _parts(post: Post, language: Language, pivot: str) -> list[Passage | Translation]:
    """A post as what is at hand in the pivot and what is still to be translated, in the order of its words."""
    if not post.text.strip():
        return [_unchanged(post.text)]
    codes = {piece.code for piece in language.mixed} or {language.code}
    if codes != {pivot} and (provided := post.translations.get(pivot, "").strip()):
        return [Translation(provided, "post", "", "provided", 1.0)]
    passages = [Passage(post.text[piece.start : piece.end], piece.code) for piece in language.mixed]
    return [
        _unchanged(passage.text) if passage.language == pivot else passage
        for passage in passages or [Passage(post.text, language.code)]
    ]


def _unchanged(text: str) -> Translation:
    return Translation(text, "none", "", "original", 1.0)


def _joined(parts: Sequence[Translation]) -> Translation:
    """One translation of its parts, with the engines and the worst quality of them; failed only if all of it is."""
    made = [part for part in parts if part.quality not in ("original", "failed")]
    if len(parts) == 1 or not made:
        first = next((part for part in parts if part.quality == "failed"), parts[0])
        return replace(first, text=" ".join(part.text for part in parts if part.text))
    letters = [max(1, len(part.text)) for part in parts]
    covered = sum(part.coverage * length for part, length in zip(parts, letters, strict=True)) / sum(letters)
    return Translation(
        " ".join(part.text for part in parts if part.text),
        " + ".join(dict.fromkeys(part.engine for part in made)),
        " + ".join(dict.fromkeys(part.version for part in made)),
        max((part.quality for part in made), key=get_args(Quality).index),
        round(covered, 4),
        tuple(warning for part in parts for warning in part.warnings),
    )
