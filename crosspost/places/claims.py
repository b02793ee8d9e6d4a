"""What a mention of a place claims: its kind, its strength, and whether the post asserts or denies it.

Kinds and strengths (0..1) follow how surely a post of that form says where its media is from: "in Idlib" more than a
bare "Idlib", a ministry's name not at all. The rules are the same for every country; the words they look for stand
in `data/places/cues.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from crosspost.models import ClaimKind, Location, LocationClaim, Place, Stance
from crosspost.places.cues import is_cue, is_cue_token
from crosspost.places.gazetteer import Gazetteer
from crosspost.places.recognise import Mention, mentions
from crosspost.text import Token, is_arabic, tokenize

STRENGTH: dict[ClaimKind, float] = {
    "located": 0.9, "hashtag": 0.7, "geotag": 0.4, "mentioned": 0.35, "implied": 0.3, "speaker": 0.2, "inherited": 0.2,
}  # fmt: skip
_NEGATION_REACH = 7  # words between a negation and the place it denies: "was not, as some say, filmed in X" is not read
_SENDING_REACH = 4  # words between who or what is sent and where from
_INDICATOR_A = 0x1F1E6  # REGIONAL INDICATOR SYMBOL LETTER A (Unicode Technical Standard 51)
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_LISTING = frozenset({",", "،", "and", "&", "et", "و", ", and", "، و", ", et", "/", "+"})
_CLAUSE_END = frozenset(".!?؟;؛\n,،:")
_SENTENCE_END = frozenset(".!?؟;؛\n")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text with its tokens and mentions: what the rules look at."""

    text: str
    tokens: Sequence[Token]
    found: Sequence[Mention]

    def is_cue(self, index: int, *cues: str) -> bool:
        if not 0 <= index < len(self.tokens):
            return False
        return is_cue_token(self.tokens[index], *cues)

    def between(self, left: int, right: int) -> str:
        """The characters between two tokens."""
        if left < 0 or right >= len(self.tokens):
            return ""
        return self.text[self.tokens[left].end : self.tokens[right].start]


def claims(
    text: str, tokens: Sequence[Token], gazetteer: Gazetteer, *, context: Iterable[Place] = ()
) -> list[LocationClaim]:
    """Return the place claims of a text, in order of their words. Spans are offsets into `text`.

    `context` are places that the post is known to speak of otherwise, such as its geotag's: with the flags in the text
    they decide between namesakes, and speak for names that may be other words; they are no claims themselves.
    """
    about = {place_id for place in context for place_id in (place.id, *place.within)} | _flags(text)
    found = mentions(tokens, gazetteer, about)
    reading = _Reading(text, tokens, found)
    result: list[LocationClaim] = []
    previous: LocationClaim | None = None
    for mention in found:
        kind = _kind_of_demonym(reading, mention) if mention.demonym else _kind_of_name(reading, mention, previous)
        if kind is None:
            continue
        start, end = _span(reading, mention, kind)
        claim = LocationClaim(
            place=mention.places[0],
            alternatives=mention.places[1:],
            side="original",
            start=start,
            end=end,
            text=text[start:end],
            kind=kind,
            strength=STRENGTH[kind],
            stance=_stance(reading, mention),
            respelled=mention.respelled,
        )
        if previous is not None and _continues(reading, previous, claim):
            claim = replace(claim, stance=previous.stance)
        result.append(claim)
        previous = claim
    return result


def _flags(text: str) -> set[str]:
    """The countries whose flags stand in a text; an emoji flag is the country's code in two regional indicators."""
    return {"".join(chr(ord(letter) - _INDICATOR_A + ord("A")) for letter in flag) for flag in _FLAG.findall(text)}


# ------------------------------------------------------------------ kind


def _kind_of_name(reading: _Reading, mention: Mention, previous: LocationClaim | None) -> ClaimKind | None:
    if mention.respelled:
        return "mentioned"  # a guess is no sure ground
    if mention.hashtag:
        return "hashtag"
    if reading.is_cue(mention.last + 1, "origin") or _names_something_else(reading, mention):
        return None
    if _is_speaker(reading, mention):
        return "speaker"
    apposed = previous is not None and previous.kind == "located" and _goes_on(reading, previous, mention)
    if apposed or _is_located(reading, mention) or _is_pointed_at(reading, mention):
        return "located"
    return "mentioned"


def _names_something_else(reading: _Reading, mention: Mention) -> bool:
    """Kings de Los Angeles, Bank of India: the place is part of a name; not so in "Port of Beirut", a place itself."""
    index = mention.first - 1
    while index > 0 and reading.tokens[index].form in ("la", "l", "les", "the"):
        index -= 1
    if index < 1 or reading.tokens[index].form not in ("de", "d", "du", "des", "of"):
        return False
    head = reading.tokens[index - 1]
    if head.kind != "word" or not head.surface[:1].isupper() or head.surface.isupper():
        return False
    starts_a_sentence = index == 1 or bool(_SENTENCE_END & set(reading.between(index - 2, index - 1)))
    return not starts_a_sentence and not is_cue(head.form, "place_noun", "institution", "territory", "locative")


def _is_speaker(reading: _Reading, mention: Mention) -> bool:
    """Ankara said, قالت أنقرة; the army of Syria, US forces; Aleppo Media Center: who speaks or acts, not where."""
    before, after = mention.first - 1, mention.last + 1
    while reading.is_cue(after, "auxiliary"):  # Sudan's army, Ankara a annoncé
        after += 1
    if _CLAUSE_END & set(reading.between(mention.last, after)):
        after = len(reading.tokens)  # in Niger, soldiers came home: not its soldiers
    if reading.is_cue(after, "outlet") and reading.tokens[after].surface[:1].isupper():
        return True
    if reading.is_cue(after, "speech") or (reading.is_cue(before, "speech") and is_arabic(reading.tokens[before].form)):
        return True
    if mention.clitic:
        return False
    return _institution_before(reading, mention) or reading.is_cue(after, "institution")


def _is_located(reading: _Reading, mention: Mention) -> bool:
    """Look left over determiners and place nouns for a preposition: in (the city of) Idlib, à Alep, في ريف حلب."""
    if mention.clitic.endswith("ب"):
        return True
    index = mention.first - 1
    passed_noun = mention.places[0].level == "site" and reading.is_cue(mention.first, "place_noun")  # مطار حلب
    for _ in range(5):
        if reading.between(index, index + 1).strip(" '’«\"“(-"):
            return passed_noun
        if reading.is_cue(index, "locative") or (reading.is_cue(index, "source") and not _is_sent(reading, index)):
            return True
        if reading.is_cue(index, "place_noun"):
            passed_noun = True
        elif not reading.is_cue(index, "determiner"):
            return passed_noun
        index -= 1
    return passed_noun


def _is_sent(reading: _Reading, index: int) -> bool:
    """Tell "aid from Dubai" from "video from Dubai": where a way began is not where the scene is."""
    for before in range(index - 1, max(-1, index - 1 - _SENDING_REACH), -1):
        if _SENTENCE_END & set(reading.between(before, before + 1)):
            return False
        if reading.is_cue(before, "sent"):
            return True
    return False


def _is_pointed_at(reading: _Reading, mention: Mention) -> bool:
    """This is (not) Gaza, it's Aleppo, c'est Alep, هذه حلب: said of what is shown."""
    index = mention.first - 1
    while reading.is_cue(index, "copula") and not reading.is_cue(index, "pointer"):
        index -= 1
    passed_copula = index < mention.first - 1 or is_arabic(reading.tokens[mention.first].form)
    return passed_copula and reading.is_cue(index, "pointer")


def _goes_on(reading: _Reading, previous: LocationClaim, mention: Mention) -> bool:
    """Sirte, Libya; Tripoli, Misrata and Zawiya: what a located place contains, or is listed with, is located too."""
    if previous.end is None:
        return False
    gap = reading.text[previous.end : mention.start].strip(" (-–")
    if gap in _LISTING:
        return True
    wider = any(place.id in narrower.within for place in mention.places for narrower in previous.candidates)
    return wider and gap.strip(",، ") in ("", "ب", "في", "in", "en")


def _institution_before(reading: _Reading, mention: Mention) -> bool:
    """The army of Syria, l'armée de Syrie, جيش سوريا."""
    index = mention.first - 1
    while reading.is_cue(index, "determiner"):
        index -= 1
    return reading.is_cue(index, "institution")


def _kind_of_demonym(reading: _Reading, mention: Mention) -> ClaimKind | None:
    """A nationality is no claim; an institution is an actor, or, as the owner of what is shown, implies the place."""
    before, after = mention.first - 1, mention.last + 1
    if reading.is_cue(after, "origin") or reading.is_cue(before, "origin"):
        return None
    if reading.is_cue(after, "territory") or reading.is_cue(before, "territory"):
        return "implied"
    head = after if not is_arabic(reading.tokens[mention.first].form) else before
    if reading.is_cue(after, "institution") and not reading.is_cue(before, "institution"):
        head = after
        owner = _apostrophe_s(reading, after)
    elif reading.is_cue(before, "institution"):
        head = before
        owner = _owned_by(reading, before)
    else:
        return None
    owner = owner or (head == after and _owned_by(reading, mention.first))
    return "implied" if owner else "speaker"


def _apostrophe_s(reading: _Reading, index: int) -> bool:
    following = reading.text[reading.tokens[index].end :][:2]
    return following in ("'s", "’s", "s'") or following[:1] in ("'", "’")


def _owned_by(reading: _Reading, first: int) -> bool:
    """X of the Syrian army, X du régime syrien, X تابعة للجيش السوري: what is shown belongs to it."""
    form = reading.tokens[first].form
    if form.startswith("لل"):
        return True
    index = first - 1
    if reading.tokens[index].form in ("the", "l", "la") and index > 0:
        index -= 1
    return (index >= 0 and reading.is_cue(index, "possessive")) or (index > 0 and reading.tokens[index].form == "de")


def _span(reading: _Reading, mention: Mention, kind: ClaimKind) -> tuple[int, int]:
    """The words that a claim rests on: the name, or for an implied place the institution with it."""
    if kind != "implied":
        return mention.start, mention.end
    first, last = mention.first, mention.last
    if reading.is_cue(last + 1, "institution", "territory"):
        last += 1
    elif reading.is_cue(first - 1, "institution", "territory"):
        first -= 1
    return reading.tokens[first].start, reading.tokens[last].end


# ------------------------------------------------------------------ stance


def _stance(reading: _Reading, mention: Mention) -> Stance:
    """Deny a place that a negation reaches over nothing but small words: "not (filmed) in Idlib", ليست في إدلب."""
    for index in range(mention.first - 1, max(-1, mention.first - 1 - _NEGATION_REACH), -1):
        if _SENTENCE_END & set(reading.between(index, index + 1)) or reading.is_cue(index, "contrast"):
            break
        if reading.is_cue(index, "negator"):
            return "denied"
        if not reading.is_cue(index, "stance_filler", "place_noun"):
            break
    return "asserted"


def _continues(reading: _Reading, previous: LocationClaim, claim: LocationClaim) -> bool:
    """Not in Idlib, Syria: a place in apposition shares the stance of the one that it contains."""
    if previous.end is None or claim.start is None or previous.stance == claim.stance:
        return False
    gap = reading.text[previous.end : claim.start].strip()
    return gap in (",", "،", "", "in", "في") and any(
        wider.id in narrower.within for wider in claim.candidates for narrower in previous.candidates
    )


# ------------------------------------------------------------------ claims that are not words of the post


def geotag_claim(location: Location | None, gazetteer: Gazetteer) -> list[LocationClaim]:
    """Return the claim of a platform's geotag, by its name or else by its coordinates; empty when neither is known."""
    if location is None:
        return []
    name = location.name or ""
    found = [mention for mention in mentions(tokenize(name), gazetteer) if not mention.demonym]
    places = found[0].places if found else ()
    if not places and location.lat is not None and location.lon is not None:
        nearest = gazetteer.nearest(location.lat, location.lon)
        places = (nearest,) if nearest else ()
    if not places:
        return []
    text = name or f"{location.lat}, {location.lon}"
    strength = STRENGTH["geotag"]
    return [LocationClaim(places[0], places[1:], "original", None, None, text, "geotag", strength, "asserted")]


def merge_sides(original: Sequence[LocationClaim], pivot: Iterable[LocationClaim]) -> list[LocationClaim]:
    """Join the claims of a post and of its translation: each place once, with the stronger kind of the two sides.

    What was seen in the pivot alone has no span, since its words are not the author's.
    """
    merged = list(original)
    for claim in pivot:
        twins = [
            i for i, seen in enumerate(merged) if {p.id for p in seen.candidates} & {p.id for p in claim.candidates}
        ]
        if not twins:
            merged.append(replace(claim, side="pivot", start=None, end=None))
        elif claim.stance == merged[twins[0]].stance and claim.strength > max(merged[i].strength for i in twins):
            merged[twins[0]] = replace(merged[twins[0]], kind=claim.kind, strength=claim.strength)
    return merged


def inherited_claims(via: str, claims: Iterable[LocationClaim]) -> list[LocationClaim]:
    """Return what a post without a place takes over from its thread or quoted post: shown, never a ground alone."""
    return [
        replace(claim, kind="inherited", strength=STRENGTH["inherited"], start=None, end=None, via=via)
        for claim in claims
        if claim.stance == "asserted" and claim.kind in ("located", "hashtag", "mentioned", "implied")
    ]
