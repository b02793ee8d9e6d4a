"""Mentions of places in a text: which words, and every place that they may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise, zip_longest

from crosspost.models import Place
from crosspost.places.cues import is_cue, is_cue_token
from crosspost.places.gazetteer import Gazetteer, NameMatch
from crosspost.text import Token, fold, hashtag_words, is_arabic

_SUPPORT = ("locative", "source", "place_noun")
_ARABIC_SUPPORT = ("locative", "place_noun")  # من سيول is "from floods" more often than "from Seoul"
_LISTED = 3  # characters between two names of a list: ", ", " / "
_LONGEST_GENITIVE = 3  # words: New Zealands, Puerto Ricos
_FRENCH_ARTICLES = frozenset({"la", "le", "l", "du"})  # la Chine, le Chili: a country that is a common word too


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name (or a demonym) in a text: `first` and `last` are token indices, `start`/`end` offsets."""

    start: int
    end: int
    first: int
    last: int
    clitic: str
    places: tuple[Place, ...]
    others: tuple[Place, ...] = ()
    demonym: bool = False
    hashtag: bool = False
    doubtful: bool = False
    respelled: str | None = None


def mentions(tokens: Sequence[Token], gazetteer: Gazetteer, about: AbstractSet[str] = frozenset()) -> list[Mention]:
    """Return the names and demonyms among `tokens`, longest first at each point, in order, without overlaps.

    A name that may be another word, or that only a small place has, counts where the words beside it or the other
    places of the post speak for it. Every place that a name may be is kept, unless the post decides between them.
    `about` are the ids of places that the post is known to speak of otherwise.
    """
    forms = [token.form for token in tokens]
    lower_case = not any(t.surface[:1].isupper() for t in tokens if t.kind == "word" and t.surface.isascii())
    storms = _storms(tokens)
    found: list[Mention] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "hashtag":
            found += _in_hashtag(tokens, at, gazetteer) if token.form[1:] not in storms else ()
        elif token.kind == "word" and token.form not in storms and _may_name(tokens, at, gazetteer):
            mention = _name_at(tokens, forms, at, gazetteer, lower_case=lower_case)
            mention = mention or _demonym_at(tokens, forms, at, gazetteer)
            if mention is not None:
                found.append(mention)
                at = mention.last
        at += 1
    return _resolved(_borne_out(found, about), about)


def _may_name(tokens: Sequence[Token], at: int, gazetteer: Gazetteer) -> bool:
    """Pass over most words at one look."""
    if gazetteer.may_name(tokens[at].form):
        return True
    return tokens[at].surface[:1].isupper() and _has_support(tokens, at, *_SUPPORT)


def _name_at(
    tokens: Sequence[Token], forms: Sequence[str], at: int, gazetteer: Gazetteer, *, lower_case: bool
) -> Mention | None:
    """Return the longest name that begins at a token and is written as one ("Mexico City", but "Mexico city")."""
    found = [*gazetteer.names_at(forms, at)] or _spelled_otherwise(tokens, at, gazetteer)
    for match in found:
        if _is_name(tokens, at, match, gazetteer, lower_case=lower_case):
            return _mention(tokens, at, match, gazetteer, doubtful=_is_doubtful(tokens, at, match, gazetteer))
    return None


def _is_name(tokens: Sequence[Token], at: int, match: NameMatch, gazetteer: Gazetteer, *, lower_case: bool) -> bool:
    form = tokens[at].form
    words = tokens[at : at + match.words]
    if match.clitic and gazetteer.is_common_word(form):
        return False  # كورونا is not "like Verona"
    if any(word.kind != "word" for word in words[1:]) or _is_adjective(tokens, at, gazetteer):
        return False
    if is_arabic(form):
        return match.words > 1 or _has_its_article(tokens, at, match, gazetteer)
    return _written_as_a_name(words, match, gazetteer, lower_case=lower_case)


def _storms(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the names of the post's storms: what is said of Hurricane Florence is not said of the town in Italy."""
    storms = []
    for token in tokens:
        if token.kind == "hashtag" and token.surface.isascii():
            first, *rest = hashtag_words(token) or (token,)
            storms += [rest[0].form] if rest and is_cue(first.form, "storm") else []
    for before, token in pairwise(tokens):
        if is_cue(before.form, "storm") and token.start - before.end == 1 and token.surface[:1].isupper():
            storms.append(token.form)
    return frozenset(storms)


def _before(tokens: Sequence[Token], at: int) -> str:
    return tokens[at - 1].form if at else ""


def _has_its_article(tokens: Sequence[Token], at: int, match: NameMatch, gazetteer: Gazetteer) -> bool:
    """رياض is a man where الرياض is a town, and صور is a town where الصور are pictures; but people say في اسكندرية."""
    form = tokens[at].form
    rest = form[match.clitic :]
    with_article = rest.startswith("ال") or form[: match.clitic].endswith("لل")
    if gazetteer.is_written_so(rest, with_article=with_article):
        return True
    spoken = not with_article and not match.clitic and not gazetteer.is_everyday_word(rest)
    return spoken and _has_support(tokens, at, *_ARABIC_SUPPORT, "source")


def _is_doubtful(tokens: Sequence[Token], at: int, match: NameMatch, gazetteer: Gazetteer) -> bool:
    """Tell whether a name needs other words that speak for it, and has none beside it."""
    if match.words > 1:
        everyday = gazetteer.is_everyday_word(" ".join(token.form for token in tokens[at : at + match.words]))
        by_hand = any(map(gazetteer.places.is_by_hand, match.ids))
        return everyday and not by_hand and not _has_support(tokens, at, *_SUPPORT)
    token = tokens[at]
    arabic = is_arabic(token.form)
    if match.clitic and (
        gazetteer.is_everyday_word(token.form[match.clitic :])  # لسيول: of floods, not Seoul's
        or not any(map(gazetteer.places.is_by_hand, match.ids))
    ):
        return True
    if _is_common_word(token, match, gazetteer):
        if arabic and at + 1 < len(tokens) and _names_a_place_itself(tokens[at + 1], gazetteer):
            return True  # في سيول مدينة ..., في سيول #الأردن: the floods of a place, not Seoul
        article = _before(tokens, at) in _FRENCH_ARTICLES and gazetteer.places[match.ids[0]].level == "country"
        return not article and not _has_support(tokens, at, *(_ARABIC_SUPPORT if arabic else _SUPPORT))
    little_known = _is_little_known(match, gazetteer)
    if little_known and arabic:  # Arabic has no capitals to tell a name by
        return not _has_support(tokens, at, "place_noun")
    return (little_known or _is_short_code(token, match, gazetteer)) and not _has_support(tokens, at, *_SUPPORT)


def _names_a_place_itself(token: Token, gazetteer: Gazetteer) -> bool:
    return is_cue(token.form, "generic") or (token.kind == "hashtag" and bool(_of_hashtag(token.surface, gazetteer)))


def _is_little_known(match: NameMatch, gazetteer: Gazetteer) -> bool:
    return match.words == 1 and all(map(gazetteer.places.is_little_known, match.ids))


def _spelled_otherwise(tokens: Sequence[Token], at: int, gazetteer: Gazetteer) -> list[NameMatch]:
    """Return names whose words are written together (حفرالباطن), or in a genitive that lost its apostrophe (Haitis).

    Or, behind a word that speaks for a place, one in a Latin spelling that is not listed (in Kamichly).
    """
    token = tokens[at]
    if is_arabic(token.form):
        joined = gazetteer.find_joined(token.form)
        return [joined] if joined else []
    if not token.surface[:1].isupper():
        return []
    found = []
    for words in range(min(_LONGEST_GENITIVE, len(tokens) - at), 0, -1):
        *first, last = [word.form for word in tokens[at : at + words]]
        match = gazetteer.find([*first, last[:-1]], 0) if last[-1:] == "s" and len(last) > 4 else None
        if match and match.words == words and all(map(gazetteer.places.is_by_hand, match.ids)):
            found.append(match)
    if not found and _has_support(tokens, at, *_SUPPORT) and (respelled := gazetteer.find_respelled(token.form)):
        found.append(respelled)
    return found


def _is_short_code(token: Token, match: NameMatch, gazetteer: Gazetteer) -> bool:
    """NC, CA: codes of divisions, which are other things as well."""
    code = len(token.form) == 2 and gazetteer.is_code([token.form])
    return code and gazetteer.places[match.ids[0]].level == "admin1"


def _borne_out(found: Sequence[Mention], about: AbstractSet[str]) -> list[Mention]:
    """Leave out the doubtful mentions that nothing else in the post speaks for.

    What speaks for one is a sure mention of its country or division, or one right beside it: of what contains it
    ("Ellicott City, MD"), or listed with it as its like ("Florida, Georgia").
    """
    sure = {place.id for mention in found if not (mention.doubtful or mention.demonym) for place in mention.places}
    sure |= about
    kept: list[Mention] = []
    for mention, following in zip_longest(found, found[1:]):
        if mention.doubtful and not (
            sure & {place_id for place in mention.places for place_id in (place.id, *place.within)}
            or (kept and _is_beside(kept[-1], mention))
            or (following is not None and _is_beside(mention, following))
        ):
            continue
        kept.append(mention)
    return kept


def _is_beside(one: Mention, other: Mention) -> bool:
    """Tell whether two names stand beside each other as a place and what contains it, or as two of a kind."""
    if other.demonym or other.first - one.last > 1 or other.start - one.end > _LISTED:
        return False
    if one.demonym:  # العاصمة الأردنية عمان
        return any(a.id in b.within for a in one.places for b in other.places)
    return any(
        b.id in a.within or (a.level == b.level != "town" and a.within[-1:] == b.within[-1:])
        for a in one.places
        for b in other.places
    )


def _demonym_at(tokens: Sequence[Token], forms: Sequence[str], at: int, gazetteer: Gazetteer) -> Mention | None:
    match = gazetteer.find_demonym(forms, at)
    if match is None:
        return None
    return _mention(tokens, at, match, gazetteer, demonym=True)


def _mention(
    tokens: Sequence[Token],
    at: int,
    match: NameMatch,
    gazetteer: Gazetteer,
    *,
    demonym: bool = False,
    doubtful: bool = False,
) -> Mention:
    first, last = tokens[at], tokens[at + match.words - 1]
    return Mention(
        start=_start(tokens, at, match),
        end=last.end,
        first=at,
        last=at + match.words - 1,
        clitic=first.surface[: match.clitic],
        places=tuple(gazetteer.places[i] for i in match.ids),
        others=tuple(gazetteer.places[i] for i in match.others),
        demonym=demonym,
        doubtful=doubtful,
        respelled=match.respelled,
    )


def _start(tokens: Sequence[Token], at: int, match: NameMatch) -> int:
    """Where a name begins: behind its clitic, or with the word for what it is."""
    generic = None if match.clitic else _generic_before(tokens, at)
    return tokens[at].start + match.clitic if generic is None else generic


def _generic_before(tokens: Sequence[Token], at: int) -> int | None:
    """Where the word for what a place is begins, which in Arabic is part of its name (محافظة إدلب, مدينة #الكويت)."""
    before = tokens[at - 1] if at else None
    if before is None or before.kind != "word" or not is_arabic(before.form) or tokens[at].start - before.end > 2:
        return None
    return next((before.start + left for left in (0, 1, 2) if _is_generic_behind(before.form, left)), None)


def _is_generic_behind(form: str, clitics: int) -> bool:
    """Tell whether a word is one for what a place is, behind this many letters of clitics (بلواء, ولمدينة)."""
    return {*form[:clitics]} <= {*"وفبل"} and is_cue(form[clitics:], "generic")


def _written_as_a_name(words: Sequence[Token], match: NameMatch, gazetteer: Gazetteer, *, lower_case: bool) -> bool:
    """Latin names begin with a capital, codes (US) are all capitals; names that are no other word may be small."""
    if gazetteer.is_code([word.form for word in words]):
        return all(word.surface.isupper() for word in words)
    if words[0].surface[:1].isupper():
        return words[-1].surface[:1].isupper() or all(map(gazetteer.places.is_by_hand, match.ids))
    if len(words[0].form) <= 3 or any(gazetteer.is_everyday_word(word.form) for word in words):
        return False
    return lower_case or (len(words[0].form) > 4 and all(map(gazetteer.places.is_by_hand, match.ids)))


def _is_common_word(token: Token, match: NameMatch, gazetteer: Gazetteer) -> bool:
    """Tell whether a word is no name as often as it is one; codes in capitals (US) are names."""
    if gazetteer.is_code([token.form]) and token.surface.isupper():
        return False
    return gazetteer.is_common_word(token.form) or gazetteer.is_common_word(token.form[match.clitic :])


def _is_adjective(tokens: Sequence[Token], at: int, gazetteer: Gazetteer) -> bool:
    """Tell سورية the adjective from سورية the country: an adjective stands right behind the noun that it describes."""
    form = tokens[at].form
    if not is_arabic(form) or gazetteer.find_demonym([form], 0) is None:
        return False
    before = tokens[at - 1] if at else None
    if before is None or before.kind == "hashtag" or tokens[at].start - before.end > 1:
        return form.startswith("ال") and not gazetteer.is_written_so(form, with_article=True)
    return is_arabic(before.form) and not is_cue(before.form, "locative", "source", "place_noun", "speech")


def _has_support(tokens: Sequence[Token], at: int, *cues: str) -> bool:
    """Tell whether the words before an ambiguous name speak for a place ("in Nice", "rues de Nice", "مدينة صور")."""
    index = at - 1
    while index > 0 and is_cue(tokens[index].form, "determiner") and not is_cue_token(tokens[index], "locative"):
        index -= 1
    if index < 0 or not is_cue_token(tokens[index], *cues):
        return False
    return is_arabic(tokens[at].form) or tokens[at].surface[:1].isupper()


def _in_hashtag(tokens: Sequence[Token], at: int, gazetteer: Gazetteer) -> list[Mention]:
    """Find the names that a hashtag is, or is put together from (#Benghazi, #SaveSirte, #إدلب_سوريا)."""
    start = tokens[at].start
    found = [
        replace(mention, start=start + mention.start, end=start + mention.end, first=at, last=at)
        for mention in _of_hashtag(tokens[at].surface, gazetteer)
    ]
    if found and found[0].start == start + 1 and (generic := _generic_before(tokens, at)) is not None:
        found[0] = replace(found[0], start=generic)
    return found


@lru_cache(maxsize=50_000)  # posts repeat their hashtags
def _of_hashtag(surface: str, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """The mentions in a hashtag, with offsets into it."""
    words = hashtag_words(Token(0, len(surface), surface, "", "hashtag"))
    whole = [Token(1, len(surface), surface[1:], fold(surface[1:]), "word")]
    return tuple([*_names_in(whole, gazetteer)] or _names_in(words, gazetteer)) if words else ()


def _names_in(words: Sequence[Token], gazetteer: Gazetteer) -> Iterator[Mention]:
    """Yield the names among the words of a hashtag; those that are common words too only where they are all of it."""
    forms = [word.form for word in words]
    at = 0
    while at < len(words):
        match = gazetteer.find(forms, at)
        if match is None and len(words) == 1:
            match = gazetteer.find_joined(forms[at])
        length = match.words if match else 1
        common = match is not None and length == 1 and _is_common_word(words[at], match, gazetteer)
        no_name_in_part = common or gazetteer.is_code(forms[at : at + length])  # #UKAid is not in the United Kingdom
        called_a_place = at > 0 and is_cue(forms[at - 1], "generic")  # #مدينة_الباب
        if match and not match.clitic and (length == len(words) or called_a_place or not no_name_in_part):
            country = gazetteer.places[match.ids[0]].level == "country"
            doubtful = not called_a_place and (_is_little_known(match, gazetteer) or (common and not country))
            yield replace(_mention(words, at, match, gazetteer, doubtful=doubtful), hashtag=True)
            at += length
        else:
            at += 1


def _resolved(found: list[Mention], about: AbstractSet[str]) -> list[Mention]:
    """Let the post decide between namesakes: "Tripoli" beside "Libya" is not the one in Lebanon."""
    context = set(about)
    for mention in found:
        if len({place.country for place in mention.places}) == 1:
            context.update(i for place in mention.places for i in (place.id, *place.within))
    divisions = {place_id for place_id in context if "." in place_id}
    resolved = []
    for mention in found:
        fitting = [place for place in mention.places if context & {place.id, *place.within}]
        if mention.places[0].level == "country":  # "Iran, Texas" takes more than a word of the United States
            fitting += [place for place in mention.others if divisions & {*place.within}]
        elif not fitting:
            fitting = [place for place in mention.others if context & {*place.within}]
        resolved.append(replace(mention, places=tuple(fitting)) if fitting else mention)
    return resolved
