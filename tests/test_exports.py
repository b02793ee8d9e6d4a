"""Exports of platforms: each is recognised, read as it should be, and survives whatever happens to it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crosspost
from crosspost.cli import main
from crosspost.errors import ReadError
from crosspost.models import Post, Problem
from crosspost.sources import FORMATS, Sample, read
from crosspost.sources.formats import recognised

ROOT = Path(__file__).parents[1]
EXPORTS = Path("fixtures", "exports")  # from the root, so that paths of media are the same everywhere
SUFFIXES = (".csv", ".json", ".jsonl", ".ndjson")
FILES = sorted(
    file.relative_to(ROOT)
    for file in (ROOT / EXPORTS).glob("*/*")
    if file.suffix in SUFFIXES and not file.name.endswith(".posts.jsonl")
)
JSON_FILES = [file for file in FILES if file.suffix != ".csv"]
X, TELEGRAM = EXPORTS / "x-api" / "pages.jsonl", EXPORTS / "telegram" / "result.json"
MARKER = "Qusayrquux"


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def all_of(*files: Path, **how: Any) -> tuple[list[Post], list[Problem]]:
    export = read(*files, **how)
    try:
        return list(export), export.problems
    except ReadError:
        return [], export.problems


def shown(post: Post) -> dict[str, Any]:
    return post.model_dump(mode="json", exclude_none=True)


def name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


# ------------------------------------------------------------------ as it should be


@pytest.mark.parametrize("file", FILES, ids=name)
def test_an_export_is_read_as_the_posts_beside_it(file: Path) -> None:
    expected = file.with_name(f"{file.stem}.posts.jsonl").read_text(encoding="utf-8")
    posts, _ = all_of(file)
    assert [shown(post) for post in posts] == [json.loads(line) for line in expected.splitlines()]


@pytest.mark.parametrize("file", FILES, ids=name)
def test_posts_that_were_read_from_an_export_can_be_read_again_as_post_jsonl(file: Path, tmp_path: Path) -> None:
    posts, _ = all_of(file)
    written = tmp_path / "posts.jsonl"
    written.write_text("".join(post.model_dump_json(exclude_none=True) + "\n" for post in posts), encoding="utf-8")
    export = read(written)
    again = [post.model_copy(update={"media": ()}) for post in export]
    assert again == [post.model_copy(update={"media": ()}) for post in posts]
    assert (export.inputs[0]["source"], export.problems) == ("jsonl", [])


@pytest.mark.parametrize("file", FILES, ids=name)
def test_an_export_is_recognised_by_its_content_whatever_its_name(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "download"
    other.write_bytes(file.read_bytes())
    export = read(other)
    assert list(export)
    assert export.inputs[0]["source"] == file.parent.name


@pytest.mark.parametrize("file", FILES, ids=name)
def test_check_runs_straight_on_an_export_and_says_what_it_took_it_for(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(file)]) == 0
    told = capsys.readouterr()
    assert re.search(r"\d+ posts?, \d+ groups?", told.out)
    assert f"crosspost: {file}: read as {FORMATS[file.parent.name].title}" in told.err


def test_no_export_tells_anything_when_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "-q", *map(str, FILES)]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--source", "nonsense"], "unknown source 'nonsense': known are jsonl, csv, x-api, "),
        (["--map", "text"], "--map: 'text' is no FIELD=COLUMN, such as text=Message"),
        (["--map", "words=Message"], "unknown field 'words': known are id, text, "),
        (["--map", "text=Nothing"], "no column 'Nothing' among Message, URL, "),
        (["--source", "telegram", "--map", "text=x"], "columns cannot be told for the source 'telegram'"),
    ],
)
def test_wrong_words_on_how_to_read_are_a_wrong_usage(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(EXPORTS / "csv" / "guessed.csv"), *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_columns_and_source_can_be_told_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    table = str(EXPORTS / "csv" / "guessed.csv")
    assert main(["annotate", table, "--source", "csv", "--map", "id=likes,text=Compte"]) == 0
    told = capsys.readouterr()
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == ["3"]
    assert "guessed.csv:3: no `id`: every post needs an id" in told.err


def test_a_conflict_between_a_telegram_export_and_an_x_export_is_found_when_both_are_given() -> None:
    report = crosspost.check(read(TELEGRAM, X))
    places = {tuple(sorted(place.name for place in c.places)) for f in report.findings for c in f.conflicts}
    pairs = {(c.a, c.b) for f in report.findings for c in f.conflicts}
    assert ("telegram:1900000001/12", "x:1790000000000000101") in pairs
    assert any("Benghazi" in pair and {"Latakia", "Syria"} & {*pair} for pair in places)


def test_a_repost_is_no_second_claimant_against_its_original() -> None:
    report = crosspost.check(read(X))
    assert not [
        c
        for f in report.findings
        for c in f.conflicts
        if {c.a, c.b} <= {"x:1790000000000000101", "x:1790000000000000102"}
    ]


def test_a_repost_is_no_second_claimant_against_a_third_post_either() -> None:
    media = [{"id": "m-1", "type": "video"}]
    rows = [
        {"id": "original", "text": "Air strike in Idlib", "media": media},
        {"id": "repost", "text": "RT Air strike in Idlib", "media": media, "repost_of": "original"},
        {"id": "third", "text": "Air strike in Sirte", "media": media},
    ]
    (finding,) = crosspost.check([Post.model_validate(row) for row in rows]).findings
    assert [(conflict.a, conflict.b) for conflict in finding.conflicts] == [("original", "third")]
    (alone,) = crosspost.check([Post.model_validate(row) for row in rows[1:]]).findings
    assert [(conflict.a, conflict.b) for conflict in alone.conflicts] == [("repost", "third")]


def test_ids_of_all_exports_together_are_unique_but_for_copies_of_one_post() -> None:
    posts, _ = all_of(*FILES)
    assert len({post.id for post in posts}) == len(posts)
    platforms = {post.id.partition(":")[0] for post in posts if post.platform}
    assert {"x", "telegram", "tiktok", "instagram", "facebook", "bluesky", "mastodon"} <= platforms


# ------------------------------------------------------------------ whatever happens to it


class SourceContract:
    """What every source keeps; a subclass names the source."""

    source: str

    def read(self, tmp_path: Path, content: bytes) -> tuple[list[Post], list[Problem]]:
        file = tmp_path / "export"
        file.write_bytes(content)
        return all_of(file, source=self.source)

    def test_an_empty_file_holds_no_rows(self, tmp_path: Path) -> None:
        assert [problem.error[:13] for problem in self.read(tmp_path, b"")[1]] == ["holds no rows"]

    @pytest.mark.parametrize(
        "content",
        [
            *(
                b"[]",
                b"{}",
                b"null",
                b"7\n8\n",
                b'"words"',
                b"\x00\x01\x02",
                b"\xff\xfe",
                b"\x1f\x8b\x08",
                b"PK\x03\x04",
            ),
            *(b"[" * 10_000, b'{"a":' * 5_000, b'{"messages": [[[', b'{"data": 7}', b'{"data": {"legacy": []}}'),
            *(b'"' * 1001, b'a,b\n"', b"id,text\n" + b"," * 5_000, b"\n\n\n", b'{"id": {}}\n{"id": []}\n{"text": {}}'),
        ],
    )
    def test_nonsense_is_told_and_nothing_is_raised(self, tmp_path: Path, content: bytes) -> None:
        posts, problems = self.read(tmp_path, content)
        assert posts or problems
        assert all(len(problem.error) < 500 for problem in problems)

    def test_it_recognises_nothing_in_nonsense_for_sure(self) -> None:
        for content in (b"", b"{", b"[", b"\x00", b"a,b,c\n1,2,3", b'{"data": []}', b"[7]", b'"x"'):
            assert 0 <= FORMATS[self.source].recognise(Sample("export", content)) < 0.8


for _name in FORMATS:
    _class = f"Test_{_name.replace('-', '_')}"
    globals()[_class] = type(_class, (SourceContract,), {"source": _name})


@pytest.mark.parametrize("file", FILES, ids=name)
def test_an_export_that_is_cut_off_anywhere_loses_no_more_than_its_end(file: Path, tmp_path: Path) -> None:
    whole = file.read_bytes()
    posts, _ = all_of(file)
    known = {post.id for post in posts}
    part = tmp_path / f"part{file.suffix}"
    chance = random.Random(file.name)  # noqa: S311  # repeatable, not secret
    for end in sorted(chance.sample(range(1, len(whole)), 25)):
        part.write_bytes(whole[:end])
        got, problems = all_of(part, source=file.parent.name)
        assert got or problems
        if file.suffix != ".csv":  # a cell that is cut off is a cell still
            assert {post.id for post in got} <= known


@pytest.mark.parametrize("file", [file for file in JSON_FILES if file.suffix != ".json"], ids=name)
def test_the_order_of_the_lines_plays_no_part(file: Path, tmp_path: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    shuffled = tmp_path / file.name
    shuffled.write_text("\n".join(reversed(lines)), encoding="utf-8")
    ids = sorted(post.id for post in all_of(file)[0])
    assert sorted(post.id for post in all_of(shuffled, source=file.parent.name)[0]) == ids


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places_of(item, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def with_swapped(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of a JSON value with another value at a path."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = with_swapped(value[path[0]], path[1:], new)
    return copy


SWAPS: tuple[Any, ...] = (None, True, -1, 1e300, "", f"{MARKER}", [MARKER], {"x": MARKER}, [[{"x": [MARKER]}]], 2**70)


@pytest.mark.parametrize("file", JSON_FILES, ids=name)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_value_of_another_type_anywhere_is_told_kept_or_of_no_use(
    file: Path, tmp_path: Path, data: st.DataObject
) -> None:
    rows = load(file)
    row = data.draw(st.integers(0, len(rows) - 1))
    path = data.draw(st.sampled_from(list(places_of(rows[row]))))
    new = data.draw(st.sampled_from([swap for swap in SWAPS if type(swap) is not type(at(rows[row], path))]))
    swapped = [*rows[:row], with_swapped(rows[row], path, new), *rows[row + 1 :]]
    before, after = tmp_path / "before.jsonl", tmp_path / "after.jsonl"
    for target, content in ((before, rows), (after, swapped)):
        target.write_text("".join(json.dumps(one) + "\n" for one in content), encoding="utf-8")
    untouched, _ = all_of(before, source=file.parent.name)
    posts, problems = all_of(after, source=file.parent.name)
    same = [shown(post) for post in posts] == [shown(post) for post in untouched]
    kept = MARKER in json.dumps([shown(post) for post in posts])
    if MARKER in str(new) and not isinstance(new, dict):  # an object may have become another kind of object
        assert same or problems or kept, (path, new)


def load(file: Path) -> list[Any]:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".json":
        value = json.loads(text)
        return value if isinstance(value, list) else [value]
    return [json.loads(line) for line in text.splitlines()]


HOSTILE: dict[str, Callable[[Any], Any]] = {
    "prototype": lambda row: {**row, "__proto__": {"x": 1}, "__class__": "os.system", "model_config": {}, "extra": 1},
    "surrogate": lambda row: {**row, "half\ud800": "\udfff"},
    "control characters": lambda row: {**row, "nul\x00": "\x00\x1b[31m\u202e"},
    "wide": lambda row: {**row, **{f"field {i}": i for i in range(5_000)}},
    "deep": lambda row: {**row, "deep": json.loads("[" * 300 + "]" * 300)},
    "huge number": lambda row: {**row, "number": 10**4000},
    "post's own names": lambda row: {**row, "sha256": "x", "pdq": "y", "unread": "z", "created_at_as_given": 5},
}


@pytest.mark.parametrize("file", JSON_FILES, ids=name)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_fields_beside_the_known_ones_hurt_nothing(file: Path, kind: str, tmp_path: Path) -> None:
    rows = [HOSTILE[kind](row) if isinstance(row, dict) else row for row in load(file)]
    hostile = tmp_path / "hostile.jsonl"
    hostile.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    posts, problems = all_of(hostile, source=file.parent.name)
    assert posts or problems
    for post in posts:
        json.dumps(shown(post), ensure_ascii=False).encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_are_recognised_as_something_and_raise_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(content)
    posts, problems = all_of(file)
    assert posts or problems
    assert recognised(Sample("bytes", content)).name in FORMATS


@pytest.mark.parametrize("file", FILES, ids=name)
def test_single_bytes_that_are_changed_raise_nothing(file: Path, tmp_path: Path) -> None:
    whole = bytearray(file.read_bytes())
    chance = random.Random(file.name)  # noqa: S311  # repeatable, not secret
    changed = tmp_path / file.name
    for _ in range(15):
        hurt = whole.copy()
        for place in chance.sample(range(len(hurt)), 4):
            hurt[place] = chance.randrange(256)
        changed.write_bytes(hurt)
        posts, problems = all_of(changed, source=file.parent.name)
        assert posts or problems


# ------------------------------------------------------------------ outboxes


def test_a_boost_and_a_status_of_an_outbox_have_the_ids_that_they_have_in_an_export_of_mastodon() -> None:
    outbox, _ = all_of(EXPORTS / "activitypub" / "outbox.json")
    statuses, _ = all_of(EXPORTS / "mastodon" / "statuses.json")
    assert {post.id for post in outbox} & {post.id for post in statuses} == {"mastodon:mer.example/99"}
    boost = next(post for post in outbox if post.repost_of)
    assert boost.repost_of in {post.id for post in statuses}


def test_the_media_of_an_archive_are_found_beside_its_outbox(tmp_path: Path) -> None:
    outbox = (ROOT / EXPORTS / "activitypub" / "outbox.json").read_text(encoding="utf-8")
    (tmp_path / "outbox.json").write_text(outbox, encoding="utf-8")
    clip = tmp_path / "media_attachments" / "files" / "113" / "910" / "original" / "crane.mp4"
    clip.parent.mkdir(parents=True)
    clip.touch()
    posts, _ = all_of(tmp_path / "outbox.json")
    assert [media.path for post in posts for media in post.media] == [str(clip), None]


def test_likes_and_follows_of_an_outbox_are_counted_and_no_posts() -> None:
    said: list[str] = []
    for _ in read(EXPORTS / "activitypub" / "outbox.json", notice=said.append):
        pass
    assert said[-1].endswith("activities that are no posts, such as likes and follows: 1")


def test_a_page_of_an_outbox_is_read_like_a_whole_one(tmp_path: Path) -> None:
    outbox = json.loads((ROOT / EXPORTS / "activitypub" / "outbox.json").read_text(encoding="utf-8"))
    page = {"type": "OrderedCollectionPage", "partOf": outbox["id"], "orderedItems": outbox["orderedItems"]}
    around = {"type": "OrderedCollection", "first": page}
    for number, document in enumerate((page, around)):
        (tmp_path / f"{number}.json").write_text(json.dumps(document), encoding="utf-8")
    pages = [all_of(tmp_path / f"{number}.json", source="activitypub")[0] for number in range(2)]
    assert [len(posts) for posts in pages] == [4, 4]


def test_a_boost_with_the_status_in_it_is_two_posts(tmp_path: Path) -> None:
    status = {"id": "https://a.example/users/b/statuses/1", "type": "Note", "content": "<p>smoke over Sirte</p>"}
    boost = {"id": "https://c.example/users/d/statuses/2/activity", "type": "Announce", "actor": "https://c.example/@d"}
    (tmp_path / "outbox.json").write_text(json.dumps({"orderedItems": [{**boost, "object": status}]}), encoding="utf-8")
    posts, problems = all_of(tmp_path / "outbox.json", source="activitypub")
    found = [(post.id, post.text, post.author, post.repost_of) for post in posts]
    assert found == [
        ("mastodon:a.example/1", "smoke over Sirte", None, None),
        ("mastodon:c.example/2", "", "d@c.example", "mastodon:a.example/1"),
    ]
    assert problems == []


def test_an_activity_that_only_points_to_its_object_is_told_with_its_line(tmp_path: Path) -> None:
    activity = {
        "type": "Create",
        "id": "https://a.example/users/b/statuses/1/activity",
        "object": "https://a.example/1",
    }
    (tmp_path / "outbox.jsonl").write_text(json.dumps(activity), encoding="utf-8")
    posts, problems = all_of(tmp_path / "outbox.jsonl", source="activitypub")
    assert posts == []
    assert [(problem.line, problem.error) for problem in problems] == [
        (1, "an activity without its object: nothing to read")
    ]


def test_a_status_whose_address_has_no_path_goes_by_its_server_and_number(tmp_path: Path) -> None:
    status = {"id": "7", "uri": "https://A.example", "content": "<p>smoke</p>", "account": {"acct": "b"}}
    (tmp_path / "one.jsonl").write_text(json.dumps(status), encoding="utf-8")
    assert [post.id for post in all_of(tmp_path / "one.jsonl", source="mastodon")[0]] == ["mastodon:a.example/7"]
