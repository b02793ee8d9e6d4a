from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from crosspost.errors import ReadError, UsageError
from crosspost.models import Post, Problem
from crosspost.sources import formats, read
from crosspost.sources.row import RowError, post_of
from crosspost.sources.times import utc

MARKER = "Qusayrquux"  # stands in the words of rows that cannot be read: no message may repeat it
GOOD = '{"id": "good", "text": "a good row"}'


@dataclass(frozen=True)
class Outcome:
    posts: list[Post]
    problems: list[Problem]
    inputs: list[dict[str, object]]

    @property
    def post(self) -> Post:
        (post,) = self.posts
        return post

    @property
    def told(self) -> list[tuple[int | None, str, bool]]:
        return [(problem.line, problem.error, problem.kept) for problem in self.problems]


Reads = Callable[..., Outcome]


@pytest.fixture
def reads(tmp_path: Path) -> Reads:
    """Write what is given to a file and read it."""

    def read_back(content: str | bytes, name: str = "posts.jsonl") -> Outcome:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        export = read(path)
        posts = list(export)
        return Outcome(posts, export.problems, export.inputs)

    return read_back


def jsonl(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


# ------------------------------------------------------------------ Post JSONL: what is a post


def test_an_integer_id_is_read_as_a_string(reads: Reads) -> None:
    assert reads('{"id": 1234567890123456789012, "text": "x"}').post.id == "1234567890123456789012"


def test_a_post_without_text_but_with_media_is_a_post(reads: Reads) -> None:
    post = reads('{"id": "a", "media": [{"id": "v-1", "type": "video"}]}').post
    assert (post.text, post.media[0].id) == ("", "v-1")


def test_a_null_text_beside_media_is_a_post(reads: Reads) -> None:
    assert reads('{"id": "a", "text": null, "media": [{"id": "v-1"}]}').post.text == ""


def test_unknown_fields_are_kept_as_they_were_given(reads: Reads) -> None:
    row = {"id": "a", "text": "x", "likes": 3, "tags": ["y", {"z": None}], "model_dump": "no", "extra": {"e": 1}}
    assert reads(jsonl(row)).post.extra == {key: row[key] for key in ("likes", "tags", "model_dump", "extra")}


def test_a_byte_order_mark_is_passed_over(reads: Reads) -> None:
    outcome = reads(b"\xef\xbb\xbf" + GOOD.encode())
    assert (outcome.post.id, outcome.problems) == ("good", [])


def test_lone_surrogate_escapes_become_the_replacement_character(reads: Reads) -> None:
    post = reads(r'{"id": "a\ud800", "text": "\ud83d and \ud83d\ude00", "n\udfff": ["\ud801"]}').post
    assert (post.id, post.text, post.extra) == ("a\ufffd", "\ufffd and 😀", {"n\ufffd": ["\ufffd"]})


def test_nan_is_read_as_null(reads: Reads) -> None:
    post = reads('{"id": "a", "text": "x", "location": {"lat": NaN, "lon": NaN}, "likes": Infinity}').post
    assert post.location is not None
    assert (post.location.lat, post.extra) == (None, {})


def test_blank_lines_are_passed_over(reads: Reads) -> None:
    assert reads(f"\n  \n{GOOD}\r\n\n").problems == []


def test_a_line_of_ten_megabytes_is_read(reads: Reads) -> None:
    outcome = reads(jsonl({"id": "big", "text": "x", "picture": "A" * 10_000_000}) + GOOD)
    assert [post.id for post in outcome.posts] == ["big", "good"]
    assert len(outcome.posts[0].extra["picture"]) == 10_000_000


def test_a_broken_line_of_ten_megabytes_leaves_the_rest_readable(reads: Reads) -> None:
    outcome = reads('{"id": "big", "text": "' + "A" * 10_000_000 + "\n" + GOOD)
    assert outcome.post.id == "good"
    assert len(outcome.problems[0].error) < 200


# ------------------------------------------------------------------ Post JSONL: what is none


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": "a" "text": "x"}', "not JSON: Expecting ',' delimiter"),
        ("nonsense", "not JSON: Expecting value"),
        ('"words"', "a JSON string: an object"),
        ("7", "a JSON number: an object"),
        ("true", "a JSON boolean: an object"),
        ("null", "a JSON null: an object"),
        ('{"text": "x"}', "no `id`"),
        ('{"id": "a"}', "no `text` and no `media`"),
        ('{"id": "", "text": "x"}', "`id` is ''"),
        ('{"id": true, "text": "x"}', "`id` is True"),
        ('{"id": "a", "text": 12}', "`text` is int"),
        ('{"id": "a", "text": ["x"]}', "`text` is list"),
        ('{"id": ' + "9" * 5000 + ', "text": "x"}', "not JSON: Exceeds the limit"),
        ('{"deep": ' + "[" * 100_000, "not JSON: nested too deep"),
    ],
)
def test_a_line_that_is_no_post_is_told_with_its_number_and_the_rest_goes_on(
    reads: Reads, line: str, reason: str
) -> None:
    outcome = reads(f'\n{line}\n{{"id": "b", "text": "y"}}\n')
    ((number, error, kept),) = outcome.told
    assert outcome.post.id == "b"
    assert (number, kept) == (2, False)
    assert error.startswith(reason)


def test_invalid_utf8_among_valid_is_told_with_the_byte_and_its_column(reads: Reads) -> None:
    outcome = reads(GOOD.replace("good row", "très bonne idée").encode() + b'\n{"id": "b", "text": "caf\xe9"}\n')
    assert outcome.told == [(2, "not UTF-8: byte 0xe9 at column 25", False)]


def test_an_array_of_posts_is_read_like_lines(reads: Reads) -> None:
    outcome = reads(f'[\n  {GOOD},\n  7,\n  {{"id": "b",\n   "text": "y"}}\n]\n')
    assert [post.id for post in outcome.posts] == ["good", "b"]
    assert outcome.told == [(3, "a JSON number: an object was expected", False)]


@pytest.mark.parametrize("levels", [150, 400, 900])
def test_a_row_nested_beyond_reason_is_told_and_the_rest_goes_on(reads: Reads, levels: int) -> None:
    outcome = reads('{"id": "a", "text": "x", "deep": ' + "[" * levels + "]" * levels + "}\n" + GOOD)
    assert outcome.post.id == "good"
    assert [number for number, *_ in outcome.told] == [1]


# ------------------------------------------------------------------ fields that are set aside


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("created_at", "yesterday"),
        ("location", "Idlib"),
        ("location", {"lat": 91, "lon": 0}),
        ("media", "https://example.org/a.jpg"),
        ("media", [{"sha256": "zz"}]),
        ("translations", ["x"]),
        ("author", {"name": "x"}),
        ("reply_to", 1.5),
    ],
)
def test_an_optional_field_that_cannot_be_read_is_set_aside_and_kept(reads: Reads, field: str, value: object) -> None:
    outcome = reads(jsonl({"id": "a", "text": "x", field: value}))
    ((number, error, kept),) = outcome.told
    assert outcome.post.extra["unread"] == {field: value}
    assert (number, kept, error.startswith(f"`{field}"), error.endswith("; set aside")) == (1, True, True, True)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_utc_cannot_hold_is_set_aside(reads: Reads, time: str) -> None:
    assert reads(jsonl({"id": "a", "text": "x", "created_at": time})).post.extra["unread"] == {"created_at": time}


def test_a_post_whose_only_media_cannot_be_read_stays_a_post(reads: Reads) -> None:
    post = reads('{"id": "a", "media": [{"id": "v", "pdq": "short"}]}').post
    assert (post.text, post.extra["unread"]) == ("", {"media": [{"id": "v", "pdq": "short"}]})


def test_two_bad_fields_of_a_row_are_two_problems_of_one_post(reads: Reads) -> None:
    outcome = reads(jsonl({"id": "a", "text": "x", "created_at": "never", "location": 5}))
    assert [error.split("`")[1] for _, error, _ in outcome.told] == ["created_at", "location"]
    assert outcome.inputs[0]["rows"] == 1


# ------------------------------------------------------------------ one id twice


def test_equal_rows_of_one_id_are_one_post(reads: Reads) -> None:
    outcome = reads(jsonl({"id": "a", "text": "x"}, {"id": "a", "text": "x"}))
    assert (outcome.post.id, outcome.problems) == ("a", [])


def test_equal_rows_whose_fields_come_in_another_order_are_one_post(reads: Reads) -> None:
    rows = jsonl({"id": "a", "text": "x", "p": 1, "q": {"r": 1, "s": 2}}, {"q": {"s": 2, "r": 1}, "p": 1, "text": "x"})
    outcome = reads(rows.replace('"text": "x"}', '"text": "x", "id": "a"}'))
    assert (outcome.post.id, outcome.problems) == ("a", [])


def test_different_rows_of_one_id_are_both_kept_and_the_later_is_reported(reads: Reads) -> None:
    outcome = reads(jsonl({"id": "a", "text": "x"}, {"id": "a", "text": "y"}))
    assert [(post.id, post.text) for post in outcome.posts] == [("a", "x"), ("a~2", "y")]
    assert outcome.told == [(2, "id 'a' is taken by a different row: this one is kept as 'a~2'", True)]


def test_a_third_row_that_equals_a_renamed_one_is_no_new_post(reads: Reads) -> None:
    rows = [{"id": "a", "text": text} for text in "xyyzx"]
    assert [(post.id, post.text) for post in reads(jsonl(*rows)).posts] == [("a", "x"), ("a~2", "y"), ("a~3", "z")]


def test_a_suffix_never_takes_the_id_of_another_post(reads: Reads) -> None:
    rows = [{"id": "a~2", "text": "own"}, {"id": "a", "text": "x"}, {"id": "a", "text": "y"}]
    assert [post.id for post in reads(jsonl(*rows)).posts] == ["a~2", "a", "a~3"]


def test_one_id_in_two_files_is_reported_in_the_second(tmp_path: Path) -> None:
    for name, text in (("one.jsonl", "x"), ("two.jsonl", "y")):
        (tmp_path / name).write_text(jsonl({"id": "a", "text": text}), encoding="utf-8")
    export = read(tmp_path / "one.jsonl", tmp_path / "two.jsonl")
    assert [post.id for post in export] == ["a", "a~2"]
    assert [Path(problem.file).name for problem in export.problems] == ["two.jsonl"]


# ------------------------------------------------------------------ CSV and TSV


def test_csv_cells_may_hold_quotes_commas_and_newlines(reads: Reads) -> None:
    post = reads('id,text,author\r\n1,"He said ""look"", then\r\nwent",@a\r\n', "posts.csv").post
    assert (post.id, post.text, post.author) == ("1", 'He said "look", then\r\nwent', "@a")


@pytest.mark.parametrize(("name", "mark"), [("p.csv", ","), ("p.csv", ";"), ("p.tsv", "\t"), ("export", "\t")])
def test_columns_may_be_parted_by_commas_semicolons_or_tabs(reads: Reads, name: str, mark: str) -> None:
    post = reads(f"text{mark}id{mark}likes\nwords here{mark}7{mark}3\n", name).post
    assert (post.id, post.text, post.extra) == ("7", "words here", {"likes": "3"})


def test_a_csv_may_begin_with_a_byte_order_mark(reads: Reads) -> None:
    assert reads("\ufeffid,text\n1,x\n", "posts.csv").post.id == "1"


def test_empty_csv_cells_are_fields_that_are_not_there(reads: Reads) -> None:
    outcome = reads("id,text,created_at,location,likes\n1,,,,\n", "posts.csv")
    assert (outcome.post.text, outcome.post.extra, outcome.problems) == ("", {}, [])


def test_nested_fields_stand_as_json_in_their_cells(reads: Reads) -> None:
    post = reads('id,text,media\n1,x,"[{""id"": ""v-1"", ""type"": ""video""}]"\n', "posts.csv").post
    assert post.media[0].id == "v-1"


@pytest.mark.parametrize("cell", ["not json", "[" * 100_000])
def test_a_nested_cell_that_is_no_json_is_set_aside(reads: Reads, cell: str) -> None:
    assert reads(f"id,text,media\n1,x,{cell}\n", "posts.csv").post.extra["unread"] == {"media": cell}


def test_rows_with_too_few_or_too_many_cells_are_told_by_their_first_line(reads: Reads) -> None:
    outcome = reads('id,text\n1,"a\nb"\n2\n\n3,"c\nd",e\n4,f\n', "posts.csv")
    assert [post.id for post in outcome.posts] == ["1", "4"]
    assert outcome.told == [
        (4, "1 cells where the header has 2", False),
        (6, "3 cells where the header has 2", False),
    ]


def test_a_quote_that_is_never_closed_is_told_instead_of_swallowing_the_rest(reads: Reads) -> None:
    outcome = reads('id,text\n1,a\n2,"b\n3,c\n', "posts.csv")
    assert outcome.post.id == "1"
    assert outcome.told == [(3, "not CSV: a quote that opens in this row is never closed", False)]


def test_bytes_of_a_csv_that_are_no_utf8_among_those_that_are_become_replacements(reads: Reads) -> None:
    outcome = reads("id,text\n1,très bonne idée\n".encode() + b"2,caf\xe9\n", "posts.csv")
    assert [post.text for post in outcome.posts] == ["très bonne idée", "caf\ufffd"]
    assert outcome.told == [(3, "not UTF-8: what could not be read is shown as U+FFFD", True)]


def test_a_csv_without_a_column_for_the_text_is_told_with_the_columns_it_has(reads: Reads) -> None:
    with pytest.raises(ReadError, match=r"posts\.csv:1: no column 'text' among id, likes: name it with --map text="):
        reads("id,likes\n1,x\n", "posts.csv")


def test_rows_of_a_csv_without_ids_go_by_file_and_line(reads: Reads) -> None:
    assert [post.id for post in reads('text,author\n"a\nb",x\nc,y\n', "posts.csv").posts] == [
        "posts.csv:2",
        "posts.csv:4",
    ]


def test_a_csv_whose_rows_end_with_carriage_returns_alone_is_read(reads: Reads) -> None:
    assert [post.text for post in reads("id,text\r1,x\r2,y\r", "posts.csv").posts] == ["x", "y"]


def test_a_csv_row_without_an_id_is_told(reads: Reads) -> None:
    assert reads("id,text\n,x\n2,y\n", "posts.csv").told == [(2, "no `id`: every post needs an id", False)]


# ------------------------------------------------------------------ the words of a post stay out of messages


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("p.jsonl", f'{{"id": "a" "text": "{MARKER}"}}'),
        ("p.jsonl", f'{{"id": "a", "text": "{MARKER}'),
        ("p.jsonl", f'"{MARKER}"'),
        ("p.jsonl", f'["{MARKER}"]'),
        ("p.jsonl", f'{{"text": "{MARKER}"}}'),
        ("p.jsonl", f'{{"id": "a", "text": ["{MARKER}"]}}'),
        ("p.jsonl", f'{{"id": "a", "text": {{"en": "{MARKER}"}}}}'),
        ("p.jsonl", f'{{"id": 1.5, "text": "{MARKER}"}}'),
        ("p.jsonl", f'{{"id": "a", "text": "{MARKER}", "created_at": "never"}}'),
        ("p.jsonl", f'{{"id": "a", "text": "x", "translations": "{MARKER}"}}'),
        ("p.jsonl", f'{{"id": "a", "text": "x", "translations": {{"en": ["{MARKER}"]}}}}'),
        ("p.jsonl", f'{{"id": "a", "text": "x", "media": [{{"alt": ["{MARKER}"]}}]}}'),
        ("p.jsonl", f'{{"id": "a", "text": "x"}}\n{{"id": "a", "text": "{MARKER}"}}'),
        ("p.csv", f"1,{MARKER}\n2,x\n"),
        ("p.csv", f"id,text\n1,{MARKER},more\n"),
        ("p.csv", f'id,text\n1,"{MARKER}\n'),
        ("p.csv", f'id,text\n1,"{MARKER}" said\n'),
    ],
)
def test_no_message_repeats_what_a_post_says(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    export = read(tmp_path / name)
    said = ""
    try:
        list(export)
    except ReadError as error:
        said = str(error)
    said += " ".join(problem.error for problem in export.problems)
    assert said
    assert MARKER not in said


# ------------------------------------------------------------------ files


@pytest.mark.parametrize("name", ["none.jsonl", "none.csv"])
@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_rows_is_nothing_read(reads: Reads, name: str, content: str) -> None:
    with pytest.raises(ReadError, match=rf"{name}: holds no rows: one post a line was expected"):
        reads(content, name)


def test_a_file_of_broken_rows_alone_is_nothing_read_and_names_each_up_to_twenty(reads: Reads) -> None:
    with pytest.raises(ReadError) as caught:
        reads("nonsense\n" * 25)
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert "posts.jsonl:1: not JSON" in lines[0]
    assert lines[-1] == "and 5 more rows: no post among them"


def test_a_missing_file_beside_a_good_one_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(GOOD, encoding="utf-8")
    export = read(tmp_path / "gone.jsonl", tmp_path, tmp_path / "good.jsonl")
    assert [post.id for post in export] == ["good"]
    assert [problem.error.split(":")[0] for problem in export.problems] == ["no such file", "is a folder"]


def test_an_empty_file_beside_a_good_one_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(GOOD, encoding="utf-8")
    (tmp_path / "empty.jsonl").touch()
    export = read(tmp_path / "empty.jsonl", tmp_path / "good.jsonl")
    assert [post.id for post in export] == ["good"]
    assert [problem.error for problem in export.problems] == ["holds no rows: one post a line was expected"]


def test_an_export_can_be_iterated_again_with_the_same_outcome(tmp_path: Path) -> None:
    (tmp_path / "posts.jsonl").write_text(f"{GOOD}\nnonsense\n", encoding="utf-8")
    export = read(tmp_path / "posts.jsonl")
    first = (list(export), export.problems, export.inputs)
    assert (list(export), export.problems, export.inputs) == first


def test_a_pipe_can_be_read_like_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(GOOD + "\n" + "\n" * 20_000,), daemon=True)
    writer.start()
    assert [post.id for post in read(pipe)] == ["good"]
    writer.join()


@pytest.mark.parametrize(
    ("name", "content"),
    [("p.jsonl", f"{GOOD}\nnonsense\n\n"), ("p.csv", "id,text\n1,x\n2\n"), ("q.csv", "id,likes\n1,x\n")],
)
def test_inputs_tell_the_name_and_the_hash_of_the_whole_file(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "good.jsonl").write_text(GOOD, encoding="utf-8")
    export = read(tmp_path / name, tmp_path / "good.jsonl")
    list(export)
    assert Path(str(export.inputs[0]["file"])).name == name
    assert export.inputs[0]["sha256"] == hashlib.sha256(content.encode()).hexdigest()


@pytest.mark.parametrize("name", ["posts.txt", "posts", "posts.csv"])
def test_posts_are_recognised_as_jsonl_by_their_first_bytes(reads: Reads, name: str) -> None:
    assert reads(GOOD, name).inputs[0]["source"] == "jsonl"


def test_an_unknown_source_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="unknown source 'xml': known are jsonl, csv"):
        read("posts.xml", source="xml")


# ------------------------------------------------------------------ columns


def test_columns_are_guessed_by_the_names_that_other_programs_give_them(reads: Reads) -> None:
    outcome = reads("Message;Permalink;Date;Auteur\nbonjour;https://p.example.org/1;2026-02-03;moi\n", "p.csv")
    post = outcome.post
    assert (post.text, post.url, post.id, post.author) == (
        "bonjour",
        "https://p.example.org/1",
        "https://p.example.org/1",
        "moi",
    )
    assert post.created_at is not None
    assert post.created_at.isoformat() == "2026-02-03T00:00:00+00:00"


def test_what_is_told_of_columns_wins_over_the_guess(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("message,remark,url,no\nwrong,right,https://p.example.org/1,7\n", encoding="utf-8")
    (post,) = read(file, columns={"text": "remark", "id": "no"})
    assert (post.text, post.id, post.extra) == ("right", "7", {"message": "wrong"})


def test_the_fields_of_json_can_be_told_too(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text('{"no": 7, "words": "x", "text": "other"}\n', encoding="utf-8")
    (post,) = read(file, columns={"text": "words", "id": "no"})
    assert (post.text, post.id, post.extra) == ("x", "7", {"text_unmapped": "other"})


def test_a_column_that_is_not_there_is_a_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("id,text\n1,x\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"p\.csv: no column 'words' among id, text"):
        list(read(file, columns={"text": "words"}))


def test_columns_of_a_field_that_no_post_has_are_a_wrong_usage() -> None:
    with pytest.raises(UsageError, match="unknown field 'words': known are id, text, "):
        read("p.csv", columns={"words": "x"})


def test_columns_for_a_source_that_has_its_own_are_a_wrong_usage() -> None:
    with pytest.raises(UsageError, match="columns cannot be told for the source 'telegram'"):
        read("result.json", source="telegram", columns={"text": "x"})


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("2026-02-03T10:00:00+02:00", "2026-02-03T08:00:00Z"),
        ("2026-02-03 10:00", "2026-02-03T10:00:00Z"),
        ("1770112800", "2026-02-03T10:00:00Z"),
        ("1770112800000", "2026-02-03T10:00:00Z"),
        ("Tue Feb 03 10:00:00 +0000 2026", "2026-02-03T10:00:00Z"),
        ("Tue, 03 Feb 2026 10:00:00 +0100", "2026-02-03T09:00:00Z"),
        ("2026-02-03 05:00:00 EST", "2026-02-03T10:00:00Z"),
        ("23/02/2026 10:00", "2026-02-23T10:00:00Z"),
        ("02.23.2026", "2026-02-23T00:00:00Z"),
    ],
)
def test_times_of_tables_become_utc_and_what_was_said_is_kept(reads: Reads, said: str, utc: str) -> None:
    post = reads(f'id,text,date\n1,x,"{said}"\n', "p.csv").post
    assert post.model_dump(mode="json")["created_at"] == utc
    if not said.isdigit() and "+0000" not in said:
        assert post.extra["created_at_as_given"] == said


@pytest.mark.parametrize("said", ["03/02/2026", "soon", "2026-02-30", "99999999999999999999", "2026-02-03 10:00 XYZT"])
def test_a_time_that_cannot_be_told_is_set_aside_not_guessed(reads: Reads, said: str) -> None:
    assert reads(f"id,text,date\n1,x,{said}\n", "p.csv").post.extra["unread"] == {"created_at": said}


# ------------------------------------------------------------------ two ways to a post

VALUES = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(),
    st.booleans(),
    st.sampled_from(
        ["2026-02-03T10:00:00Z", "2026-02-03T10:00:00+02:00", "image", "a" * 64, "0001-01-01T00:00:00+14:00"]
    ),
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                name: st.one_of(st.none(), st.text(max_size=4), st.sampled_from(["image", "F" * 64]))
                for name in ("id", "url", "type", "sha256", "more")
            },
        ),
        max_size=2,
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.text(max_size=3),
            "lat": st.floats(),
            "lon": st.one_of(st.floats(-180, 180), st.text(max_size=2)),
            "en": st.text(max_size=3),
        },
    ),
)


@settings(max_examples=400, deadline=None)
@example({"id": "0", "text": "", "created_at": 0})
@given(st.dictionaries(st.sampled_from([*Post.model_fields, "likes", "tags"]), VALUES))
def test_the_short_way_to_a_post_leads_where_validation_does(row: dict[str, Any]) -> None:
    *told, read = post_of(row)
    try:
        validated = Post.model_validate({**row, "created_at": utc(row.get("created_at"))})
    except ValidationError:
        assert told or isinstance(read, RowError)
        return
    if isinstance(read, Post) and not told:
        known = read.model_copy(update={})
        assert known.model_dump(exclude=set(known.extra)) == validated.model_dump(exclude=set(validated.extra))
        assert {**validated.extra, **known.extra}.keys() - validated.extra.keys() <= {"created_at_as_given"}


# ------------------------------------------------------------------ sources of other packages


@pytest.fixture
def other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package that brings a source, as installed: its module, and the entry point in its metadata."""
    (tmp_path / "tally.py").write_text(OWN_SOURCE, encoding="utf-8")
    info = tmp_path / "tally-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tally\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(OWN_ENTRY, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    formats.others.cache_clear()
    monkeypatch.delitem(sys.modules, "tally", raising=False)
    yield tmp_path
    formats.others.cache_clear()


README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
OWN_SOURCE = re.search(r"```python\n(# tally\.py\n.*?)```", README, re.DOTALL)[1]  # type: ignore[index]
_ENTRY = re.search(r'```toml\n\[project\.entry-points\."(crosspost\.sources)"\]\n(.*?)```', README, re.DOTALL)
OWN_ENTRY = f"[{_ENTRY[1]}]\n{_ENTRY[2]}".replace('"', "")  # type: ignore[index]


def test_a_format_of_another_package_is_one_function_and_one_entry(other_package: Path) -> None:
    file = other_package / "posts.txt"
    file.write_text("tally 1\n1|Fire at the port\nnonsense\n2|Fire is out\n", encoding="utf-8")
    export = read(file, source="tally")
    assert [(post.id, post.text) for post in export] == [("tally:1", "Fire at the port"), ("tally:2", "Fire is out")]
    assert [(problem.line, problem.error) for problem in export.problems] == [(3, "no bar: NUMBER|TEXT was expected")]


def test_a_format_of_another_package_can_be_recognised(other_package: Path) -> None:
    file = other_package / "posts.txt"
    file.write_text("tally 1\n1|Fire at the port\n", encoding="utf-8")
    export = read(file)
    assert [post.id for post in export] == ["tally:1"]
    assert export.inputs[0]["source"] == "tally"


def test_a_format_of_another_package_that_fails_is_told_and_what_came_before_read(other_package: Path) -> None:
    file = other_package / "posts.txt"
    file.write_bytes(b"tally 1\n1|Fire at the port\n2|" + b"caf\xe9 \xc3\xa9\xc3\xa9\n")
    export = read(file, source="tally")
    assert [post.id for post in export] == ["tally:1"]
    assert export.problems[0].error.startswith("the source 'tally' failed: UnicodeDecodeError: ")


def test_a_broken_format_of_another_package_is_told_when_it_is_asked_for(other_package: Path) -> None:
    (other_package / "tally.py").write_text("import nothing_of_that_name\n", encoding="utf-8")
    with pytest.raises(UsageError, match="the source 'tally' of another package cannot be loaded: No module named"):
        read("posts.txt", source="tally")
