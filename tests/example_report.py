"""A small report built by hand, and reports that hold what a test puts in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from crosspost.models import (
    Annotation,
    Conflict,
    Difference,
    Dispute,
    Evidence,
    Finding,
    Group,
    Language,
    Link,
    LocationClaim,
    Options,
    Place,
    PlaceClaim,
    Post,
    Problem,
    Report,
    Term,
    Translation,
)

IDLIB = Place("SY.12", "Idlib", "SY", "SY.12", "admin1", 35.9, 36.6, ("SY",))
LIBYA = Place("LY", "Libya", "LY", None, "country", 28.0, 17.0)
SYRIA = Place("SY", "Syria", "SY", None, "country", 35.0, 38.0)

ENGLISH = "Drone video shows the Syrian regime's Pantsir destroyed near Saraqib, in Idlib, this morning."
ARABIC = "فيديو من طائرة مسيرة يظهر تدمير منظومة بانتسير في ليبيا صباح اليوم"
FRENCH = "Non, cette vidéo d'un Pantsir détruit par un drone n'a pas été tournée en Libye."


def claim(text: str, words: str, place: Place, **fields: Any) -> LocationClaim:
    start = text.find(words)
    span = {"start": start, "end": start + len(words)} if start >= 0 else {"start": None, "end": None}
    defaults: dict[str, Any] = {"kind": "located", "strength": 0.9, "stance": "asserted", **span}
    return LocationClaim(place=place, alternatives=(), side="original", text=words, **{**defaults, **fields})


def annotation(
    post: Post,
    code: str = "en",
    claims: tuple[LocationClaim, ...] = (),
    gloss: str = "",
    terms: tuple[Term, ...] = (),
) -> Annotation:
    pivot = (
        Translation(gloss, "gloss", "1", "gloss", 0.82)
        if gloss
        else Translation(post.text, "none", "1", "original", 1.0)
    )
    return Annotation(post, Language(code, 0.99), pivot, terms, claims, ())


def spans(text: str, *words: str) -> tuple[tuple[int, int], ...]:
    return tuple((text.index(word), text.index(word) + len(word)) for word in words)


def arabic_terms() -> tuple[Term, ...]:
    senses = {
        "فيديو": ("video",),
        "طائرة مسيرة": ("drone",),
        "تدمير": ("destruct", "destroy"),
        "بانتسير": ("pantsir",),
        "ليبيا": ("libya",),
    }
    return tuple(Term(spans(ARABIC, word)[0], word, meanings) for word, meanings in senses.items())


def example_posts() -> dict[str, Annotation]:
    en = Post(
        id="en-1",
        text=ENGLISH,
        author="@field_notes",
        platform="x",
        created_at="2020-03-01T08:15:00Z",  # type: ignore[arg-type]  # pydantic reads it
        url="https://example.org/field_notes/status/1",
        media=({"type": "video", "id": "vid-77"},),  # type: ignore[arg-type]  # pydantic reads it
    )
    ar = Post(
        id="ar-1",
        text=ARABIC,
        author="مراسل",
        platform="telegram",
        created_at="2020-03-01T11:40:00+02:00",  # type: ignore[arg-type]  # pydantic reads it
        url="tg://resolve?domain=somebody",
    )
    fr = Post(id="fr-1", text=FRENCH, author="verif_fr", platform="mastodon")
    en_claims = (
        claim(ENGLISH, "in Idlib", IDLIB),
        claim(ENGLISH, "the Syrian regime's", SYRIA, kind="implied", strength=0.3),
    )
    ar_claims = (
        claim(ARABIC, "في ليبيا", LIBYA),
        claim(ARABIC, "none of its words", IDLIB, kind="inherited", strength=0.2, via="en-1"),
    )
    fr_claims = (claim(FRENCH, "en Libye", LIBYA, stance="denied"),)
    gloss = "video from plane drone shows destruction system Pantsir in Libya morning today"
    return {
        "en-1": annotation(en, "en", en_claims),
        "ar-1": annotation(ar, "ar", ar_claims, gloss, arabic_terms()),
        "fr-1": annotation(
            fr, "fr", fr_claims, "no this video of one Pantsir destroyed by one drone not been shot in Libya"
        ),
    }


def example_links() -> tuple[Link, ...]:
    en_ar = (
        Evidence("prior", -9.0, "Two posts of a corpus seldom carry the same media."),
        Evidence(
            "words",
            14.2,
            "4 rare words correspond: drone, video, Pantsir, destroyed.",
            spans(ENGLISH, "Drone", "video", "Pantsir", "destroyed"),
            spans(ARABIC, "طائرة مسيرة", "فيديو", "بانتسير", "تدمير"),
        ),
        Evidence("time", 1.6, "Posted 1 h 25 min apart."),
        Evidence("coverage", -1.1, "One rare word has no counterpart: Saraqib."),
    )
    en_fr = (
        Evidence("prior", -9.0, "Two posts of a corpus seldom carry the same media."),
        Evidence(
            "words",
            11.0,
            "2 rare words correspond.",
            spans(ENGLISH, "Pantsir", "Drone"),
            spans(FRENCH, "Pantsir", "drone"),
        ),
    )
    return Link("en-1", "fr-1", 2.0, 0.8, en_fr), Link("en-1", "ar-1", 5.7, 0.97, en_ar)


def example() -> Report:
    posts = example_posts()
    dispute = Dispute("fr-1", LIBYA, ("ar-1",), *spans(FRENCH, "en Libye")[0])
    finding = Finding(
        id="f-4c1d",
        group="g-90ab",
        level="look-first",
        score=0.97,
        summary="2 linked posts name Idlib (SY) and Libya.",
        posts=("ar-1", "en-1", "fr-1"),
        claims=(
            PlaceClaim(IDLIB, ("en-1",), "2020-03-01T08:15:00Z"),
            PlaceClaim(LIBYA, ("ar-1",), "2020-03-01T09:40:00Z"),
        ),
        conflicts=(Conflict("ar-1", "en-1", (LIBYA, IDLIB), "other-country", 0.9),),
        disputes=(dispute,),
        differences=(
            Difference(
                "date", "ar-1", "en-1", "this morning in both, a day apart", None, spans(ENGLISH, "this morning")[0]
            ),
        ),
        links=example_links(),
        omitted=2,
    )
    quiet = {
        name: annotation(Post(id=name, text=f"Flooded bridge in Ghent, picture {name}"), "en")
        for name in ("q-1", "q-2")
    }
    return Report(
        schema="crosspost.report/1",
        crosspost="0.1.0",
        options=Options(),
        provenance={
            "inputs": [{"file": "posts.jsonl", "source": "jsonl", "sha256": "ab" * 32, "rows": 3}],
            "data": {"lexicon": "2026-01"},
            "sampled": False,
        },
        counts={"posts": 6, "unreadable": 1, "groups": 2, "findings": 1},
        problems=(Problem("posts.jsonl", 3, 'not JSON: a comma is missing after "id"'),),
        groups=(
            Group("g-90ab", finding.posts, finding.links, (dispute,)),
            Group("g-11cc", ("q-1", "q-2"), (Link("q-1", "q-2", 6.0, 0.98, (Evidence("words", 15.0, "One text."),)),)),
        ),
        findings=(finding,),
        posts={**posts, **quiet},
    )


def with_text(text: str, **fields: Any) -> Report:
    """The example, its English post replaced by a hostile one without marks."""
    report = example()
    post = Post(id="en-1", text=text, **fields)
    return replace(report, posts={**report.posts, "en-1": annotation(post, "en")})


def of_many(count: int, **fields: Any) -> Report:
    """A finding of so many posts of different texts, in turn from Idlib and from Libya, an hour apart."""
    places = {"Idlib": IDLIB, "Libya": LIBYA}
    annotations = []
    for number in range(count):
        name = [*places][number % 2]
        text = f"Clip {number} of a drone over the road in {name}"
        at = datetime(2020, 3, 1, tzinfo=UTC) + timedelta(hours=number)
        post = Post.model_validate({"id": f"p-{number:04}", "text": text, "created_at": at, **fields})
        annotations.append(annotation(post, "en", (claim(post.text, name, places[name]),)))
    return of_annotations(annotations)


def of_annotations(annotations: list[Annotation]) -> Report:
    """A report of one finding, of posts that claim Idlib or Libya by their first claim, all linked to the first."""
    ids = tuple(annotation.id for annotation in annotations)
    of_place = {
        place: tuple(a.id for a in annotations if a.claims and a.claims[0].place == place) for place in (IDLIB, LIBYA)
    }
    first = ids[0]
    words = spans(annotations[0].post.text, "drone") if "drone" in annotations[0].post.text else ()
    links = tuple(
        Link(
            first,
            a.id,
            5.0,
            0.97,
            (Evidence("words", 5.0, "1 word in common: drone", words, spans(a.post.text, "drone") if words else ()),),
        )
        for a in annotations[1:]
    )
    conflicts = tuple(
        Conflict(a, b, (IDLIB, LIBYA), "other-country", 0.9) for a in of_place[IDLIB] for b in of_place[LIBYA]
    )
    finding = Finding(
        id="f-many",
        group="g-many",
        level="look-first",
        score=0.9,
        summary="Many posts.",
        posts=ids,
        claims=tuple(PlaceClaim(place, posts, None) for place, posts in of_place.items() if posts),
        conflicts=conflicts[:200],
        disputes=(),
        differences=(),
        links=links,
        omitted=max(0, len(conflicts) - 200),
    )
    group = Group("g-many", ids, links)
    return replace(example(), findings=(finding,), groups=(group,), posts={a.id: a for a in annotations}, problems=())
