"""Mentions of places in a text: which words, and every place that they may be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crosspost.models import Place
from crosspost.places.cues import is_cue
from crosspost.places.gazetteer import Gazetteer, NameMatch
from crosspost.text import Token, hashtag_words, is_arabic


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name (or a demonym) in a text: `first` and `last` are token indices, `start`/`end` offsets."""

    start: int
    end: int
    first: int
    last: int
    clitic: str
    places: tuple[Place, ...]
    demonym: bool = False
    hashtag: bool = False


def mentions(tokens: Sequence[Token], gazetteer: Gazetteer) -> list[Mention]:
    """Return the names and demonyms among `tokens`, longest first at each point, in order, without overlaps.

    Every place that a name may be is kept, unless other words of the same post decide between them.
    """
    forms = [token.form for token in tokens]
    lower_case = not any(t.surface[:1].isupper() for t in tokens if t.kind == "word" and t.surface.isascii())
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "hashtag":
            found += _in_hashtag(token, at, gazetteer)
        elif token.kind == "word":
            mention = _name_at(tokens, forms, at, gazetteer, lower_case=lower_case)
            mention = mention or _demonym_at(tokens, forms, at, gazetteer)
            if mention is not None:
                found.append(mention)
                at = mention.last
        at += 1
    return _resolved(found)


def _name_at(
    tokens: Sequence[Token], forms: Sequence[str], at: int, gazetteer: Gazetteer, *, lower_case: bool
) -> Mention | None:
    match = gazetteer.find(forms, at)
    if match is None:
        return None
    words = tokens[at : at + match.words]
    if any(word.kind != "word" for word in words[1:]):
        return None
    if not is_arabic(forms[at]) and not _written_as_a_name(words, gazetteer, lower_case=lower_case):
        return None
    if match.words == 1 and _is_common_word(tokens[at], match, gazetteer) and not _has_support(tokens, at):
        return None
    if _is_adjective(tokens, at, gazetteer):
        return None
    return _mention(tokens, at, match, [gazetteer.places[i] for i in match.ids])


def _demonym_at(tokens: Sequence[Token], forms: Sequence[str], at: int, gazetteer: Gazetteer) -> Mention | None:
    match = gazetteer.find_demonym(forms, at)
    if match is None:
        return None
    return replace(_mention(tokens, at, match, [gazetteer.places[i] for i in match.ids]), demonym=True)


def _mention(tokens: Sequence[Token], at: int, match: NameMatch, places: Iterable[Place]) -> Mention:
    first, last = tokens[at], tokens[at + match.words - 1]
    clitic = first.surface[: match.clitic]
    return Mention(first.start + match.clitic, last.end, at, at + match.words - 1, clitic, tuple(places))


def _written_as_a_name(words: Sequence[Token], gazetteer: Gazetteer, *, lower_case: bool) -> bool:
    """Latin names begin with a capital, codes (US) are all capitals; a post without capitals may write names small."""
    if gazetteer.is_upper_only([word.form for word in words]):
        return all(word.surface.isupper() for word in words)
    return words[0].surface[:1].isupper() or (lower_case and len(words[0].form) > 3)


def _is_common_word(token: Token, match: NameMatch, gazetteer: Gazetteer) -> bool:
    """Tell whether a word is no name as often as it is one; codes in capitals (US) are names."""
    if gazetteer.is_upper_only([token.form]) and token.surface.isupper():
        return False
    return gazetteer.is_ambiguous(token.form) or gazetteer.is_ambiguous(token.form[match.clitic :])


def _is_adjective(tokens: Sequence[Token], at: int, gazetteer: Gazetteer) -> bool:
    """Tell سورية the adjective from سورية the country: it has the article, or follows the noun that it describes."""
    form = tokens[at].form
    if not is_arabic(form) or gazetteer.find_demonym([form], 0) is None:
        return False
    before = tokens[at - 1].form if at else ""
    return form.startswith("ال") or (is_arabic(before) and not is_cue(before, "locative", "place_noun", "speech"))


def _has_support(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether the words before an ambiguous name speak for a place ("in Nice", "rues de Nice", "مدينة صور")."""
    index = at - 1
    while index > 0 and is_cue(tokens[index].form, "determiner") and not is_cue(tokens[index].form, "locative"):
        index -= 1
    if index < 0 or not is_cue(tokens[index].form, "locative", "place_noun"):
        return False
    return is_arabic(tokens[at].form) or tokens[at].surface[:1].isupper()


def _in_hashtag(token: Token, at: int, gazetteer: Gazetteer) -> list[Mention]:
    """Find the names that a hashtag is, or is put together from (#Benghazi, #SaveSirte, #إدلب_سوريا)."""
    words = hashtag_words(token)
    if not words:
        return []
    whole = Token(token.start + 1, token.end, token.surface[1:], token.form[1:], "word")
    found = []
    for candidates in ([whole], words):
        forms = [word.form for word in candidates]
        index = 0
        while index < len(candidates):
            match = gazetteer.find(forms, index)
            if match is not None and not any(map(gazetteer.is_ambiguous, forms[index : index + match.words])):
                places = [gazetteer.places[i] for i in match.ids]
                mention = _mention(candidates, index, match, places)
                found.append(replace(mention, first=at, last=at, hashtag=True))
                index += match.words
            else:
                index += 1
        if found:
            break
    return found


def _resolved(found: list[Mention]) -> list[Mention]:
    """Let the post decide between namesakes: "Tripoli" beside "Libya" is not the one in Lebanon."""
    context: set[str] = set()
    for mention in found:
        if len({place.country for place in mention.places}) == 1:
            context.update(i for place in mention.places for i in (place.id, *place.within))
    resolved = []
    for mention in found:
        fitting = tuple(p for p in mention.places if context & {p.id, *p.within})
        resolved.append(replace(mention, places=fitting) if fitting else mention)
    return resolved
