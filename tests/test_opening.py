"""Files as they come: packed, in other encodings, too large, with media beside them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import zstandard

from crosspost.errors import ReadError
from crosspost.models import Post, Problem
from crosspost.sources import opening, read
from crosspost.sources.encoding import guess_encoding

ROWS = '{"id": "a", "text": "Près du phare"}\n{"id": "b", "text": "قرب المنارة"}\n'
TABLE = "id,text,author\n1,رافعة صفراء في الميناء,دفتر الميناء\n2,la grue a cédé près du phare,carnet\n"


def told(path: Path, **how: Any) -> tuple[list[Post], list[Problem], list[str]]:
    said: list[str] = []
    export = read(path, notice=said.append, **how)
    try:
        return list(export), export.problems, said
    except ReadError:
        return [], export.problems, said


def zipped(members: dict[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


# ------------------------------------------------------------------ packed


@pytest.mark.parametrize(
    ("pack", "name"),
    [(gzip.compress, "gzip"), (lambda data: zstandard.ZstdCompressor().compress(data), "zstd")],
    ids=["gzip", "zstd"],
)
def test_a_packed_file_is_read_as_what_is_in_it_and_hashed_as_it_is(tmp_path: Path, pack: Any, name: str) -> None:
    file = tmp_path / "posts.bin"
    file.write_bytes(pack(ROWS.encode()))
    export = read(file)
    assert [post.id for post in export] == ["a", "b"]
    assert export.inputs[0]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert told(file)[2] == [f"{file}: read as Post JSONL, {name}"]


def test_every_data_file_of_a_zip_archive_is_read_in_the_order_of_names_each_as_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    file.write_bytes(zipped({"b.csv": TABLE, "a.jsonl": ROWS, "photos/1.jpg": b"\xff\xd8", "__MACOSX/a.json": "{"}))
    posts, problems, said = told(file)
    assert [post.id for post in posts] == ["a", "b", "1", "2"]
    assert problems == []
    assert [line.removeprefix(str(tmp_path)) for line in said] == [
        "/export.zip/a.jsonl: read as Post JSONL, zip",
        "/export.zip/b.csv: read as a table, zip",
    ]


@pytest.mark.parametrize("name", ["posts.gz", "posts.zst", "posts.zip"])
def test_a_packed_file_can_be_iterated_again_with_the_same_outcome(tmp_path: Path, name: str) -> None:
    pack: dict[str, Any] = {
        "gz": gzip.compress,
        "zst": zstandard.ZstdCompressor().compress,
        "zip": lambda d: zipped({"a.jsonl": d}),
    }
    file = tmp_path / name
    file.write_bytes(pack[name[6:]](ROWS.encode()))
    export = read(file)
    assert (list(export), export.inputs) == (list(export), export.inputs)
    assert export.inputs[0]["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_end_of_a_packed_file_that_is_missing_is_told_and_the_beginning_read(tmp_path: Path) -> None:
    file = tmp_path / "posts.gz"
    rows = "".join(json.dumps({"id": str(i), "text": os.urandom(200).hex()}) + "\n" for i in range(4_000))
    file.write_bytes(gzip.compress(rows.encode())[:-1000])
    posts, problems, _ = told(file)
    assert len(posts) > 1_000
    assert problems[-1].error == "the gzip file ends in the middle: what came before it was read"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 nonsense", "is a broken zip archive"),
        (zipped({"photo.jpg": b"x"}), "the zip archive holds no "),
        (gzip.compress(ROWS.encode())[:-8] + b"nonsense", "the gzip file is broken"),
        (b"\x28\xb5\x2f\xfdnonsense", "the zstd file is broken"),
    ],
)
def test_a_packed_file_that_is_broken_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "posts"
    file.write_bytes(content)
    assert sentence in told(file)[1][0].error


def test_a_locked_member_of_an_archive_is_told(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.jsonl": ROWS}))
    for place in (6, packed.index(b"PK\x01\x02") + 8):
        packed[place] |= 1  # the flag of encryption, in both headers
    file = tmp_path / "locked.zip"
    file.write_bytes(packed)
    assert "a.jsonl in the zip archive cannot be unpacked: " in told(file)[1][0].error


def bomb(unpacked: int) -> bytes:
    return (b'{"id": "a", "text": "' + b"0" * 1_000_000 + b'"}\n') * (unpacked // 1_000_000)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "zip"])
def test_a_file_that_unpacks_to_hundreds_of_times_its_size_is_refused_with_a_sentence(
    tmp_path: Path, kind: str
) -> None:
    content = bomb(120_000_000)
    pack = {
        "gzip": lambda: gzip.compress(content, 6),
        "zstd": lambda: zstandard.ZstdCompressor().compress(content),
        "zip": lambda: zipped({"a.jsonl": content[:40_000_000], "b.jsonl": content[:40_000_000], "c.jsonl": content}),
    }
    file = tmp_path / "bomb"
    file.write_bytes(pack[kind]())
    problems = [problem.error for problem in told(file)[1]]
    assert any("unpacks to more than 200 times its size, which no export does: refused" in error for error in problems)


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_MEMBERS", 2)
    file = tmp_path / "many.zip"
    file.write_bytes(zipped({"a.jsonl": ROWS, "b.jsonl": ROWS, "c.jsonl": ROWS}))
    assert told(file)[1][0].error == "the zip archive holds 3 files, more than 2: refused"


def test_zstd_without_its_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.version_info >= (3, 14):
        pytest.skip("Python 3.14 reads zstd itself")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    file = tmp_path / "posts.zst"
    file.write_bytes(zstandard.ZstdCompressor().compress(ROWS.encode()))
    assert "pip install 'crosspost[zstd]'" in told(file)[1][0].error


def test_a_zip_archive_from_a_pipe_is_refused_and_a_gzip_file_read(tmp_path: Path) -> None:
    import threading

    for name, content, wanted in (("z", zipped({"a.jsonl": ROWS}), 0), ("g", gzip.compress(ROWS.encode()), 2)):
        pipe = tmp_path / name
        os.mkfifo(pipe)
        writer = threading.Thread(target=pipe.write_bytes, args=(content,), daemon=True)
        writer.start()
        posts, problems, _ = told(pipe)
        writer.join()
        assert len(posts) == wanted
        assert [problem.error for problem in problems if not problem.kept][: 1 - wanted // 2] == (
            ["a zip archive cannot be read from a pipe: save it as a file first"] if not wanted else []
        )


# ------------------------------------------------------------------ encodings


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ", UTF-8 with a byte order mark"),
        ("utf-16", ", UTF-16"),
        ("utf-16-le", ", UTF-16"),
        ("utf-16-be", ", UTF-16"),
        ("utf-32", ", UTF-32"),
        ("cp1256", ", Windows-1256"),
    ],
)
def test_the_encoding_of_a_table_is_guessed_and_said(tmp_path: Path, codec: str, said: str) -> None:
    file = tmp_path / "posts.csv"
    file.write_bytes(TABLE.encode(codec))
    posts, problems, notices = told(file)
    assert [post.text for post in posts] == ["رافعة صفراء في الميناء", "la grue a cédé près du phare"]
    assert (problems, notices[0]) == ([], f"{file}: read as a table{said}")


def test_french_in_windows_1252_is_told_from_arabic_in_windows_1256(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_bytes("id;text\n1;« Déjà vu » à l’été, œuvre signée Noël\n".encode("cp1252"))
    posts, _, notices = told(file)
    assert posts[0].text == "« Déjà vu » à l’été, œuvre signée Noël"
    assert notices[0].endswith("Windows-1252")


@pytest.mark.parametrize("codec", ["utf-16", "cp1256", "utf-8-sig"])
def test_json_in_another_encoding_is_read(tmp_path: Path, codec: str) -> None:
    file = tmp_path / "posts.jsonl"
    rows = '{"id": "b", "text": "قرب المنارة القديمة عند الميناء"}\n'
    file.write_bytes(rows.encode(codec))
    assert told(file)[0][0].text == "قرب المنارة القديمة عند الميناء"


def test_characters_that_are_lost_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_bytes("id,text\n1,words\n".encode("utf-16") + b"\x00\xd8\x41\x00")
    _, problems, _ = told(file)
    assert any(problem.kept and "characters are no UTF-16" in problem.error for problem in problems)


def test_a_character_that_the_sample_cuts_in_two_is_no_reason_to_doubt_utf8() -> None:
    assert guess_encoding("قرب المنارة".encode()[:-1]).name == "UTF-8"


# ------------------------------------------------------------------ large


def test_a_cell_of_a_hundred_megabytes_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for number, filler in enumerate((b"x" * 1_000_000, b"x\n" * 500_000)):
        file = tmp_path / f"{number}.csv"
        with file.open("wb") as out:
            out.write(b'id,text\n1,fine\n2,"')
            for _ in range(100):
                out.write(filler)
            out.write(b'"\n3,late\n')
        posts, problems, _ = told(file)
        assert [post.id for post in posts] == ["1"]
        assert problems[-1].error.startswith("a cell or line of more than 16,777,216 characters: no table of posts")


def test_reading_a_table_leaves_the_settings_of_the_csv_module_as_they_were(tmp_path: Path) -> None:
    import csv

    before = csv.field_size_limit()
    file = tmp_path / "posts.csv"
    file.write_text(TABLE, encoding="utf-8")
    told(file)
    assert csv.field_size_limit() == before


def test_a_document_larger_than_its_pieces_is_read_piece_by_piece(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    message = {
        "id": 0,
        "type": "message",
        "date": "2026-02-03T10:00:00",
        "date_unixtime": "1770112800",
        "text": "كلمة 🎥",
    }
    with file.open("w", encoding="utf-8") as out:
        out.write('{"name": "Chat", "type": "public_channel", "id": 5, "messages": [\n')
        out.write(
            ",\n".join(json.dumps({**message, "id": i, "pad": "é" * 300}, ensure_ascii=False) for i in range(9000))
        )
        out.write("\n]}\n")
    posts, problems, _ = told(file)
    assert [post.id for post in posts] == [f"telegram:5/{i}" for i in range(9000)]
    assert problems == []


def test_a_file_with_no_post_among_its_first_hundred_thousand_rows_is_not_read_on(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text("nonsense\n" * 100_010, encoding="utf-8")
    _, problems, _ = told(file)
    assert len(problems) == 100_001
    assert problems[-1].error == "100,000 rows and no post among them: not read any further"


def test_memory_stays_bounded_however_long_a_document_is(tmp_path: Path) -> None:
    import tracemalloc

    sizes = []
    for rows in (10_000, 40_000):
        file = tmp_path / f"{rows}.json"
        with file.open("w", encoding="utf-8") as out:
            out.write("[\n" + ",\n".join(json.dumps({"id": str(i), "text": "x" * 400}) for i in range(rows)) + "\n]\n")
        tracemalloc.start()
        for _ in read(file):
            pass
        sizes.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert sizes[1] - sizes[0] < 30_000 * 200  # what is kept of a post to know it again


# ------------------------------------------------------------------ media beside an export


def chat(*files: str) -> str:
    rows = [
        {"id": i, "type": "message", "date": "2026-02-03T10:00:00", "photo": f, "text": ""} for i, f in enumerate(files)
    ]
    return json.dumps({"name": "c", "type": "public_channel", "id": 1, "messages": rows})


def test_media_of_an_export_are_found_beside_it_and_never_outside(tmp_path: Path) -> None:
    (tmp_path / "export" / "photos").mkdir(parents=True)
    (tmp_path / "outside.jpg").touch()
    (tmp_path / "export" / "photos" / "1.jpg").touch()
    (tmp_path / "export" / "photos" / "link.jpg").symlink_to(tmp_path / "outside.jpg")
    file = tmp_path / "export" / "result.json"
    names = [
        "photos/1.jpg",
        "../outside.jpg",
        str(tmp_path / "outside.jpg"),
        "photos/link.jpg",
        "photos/2.jpg",
        "a\x00b",
    ]
    file.write_text(chat(*names), encoding="utf-8")
    posts, problems, _ = told(file)
    assert [post.media[0].path for post in posts] == [str(tmp_path / "export" / "photos" / "1.jpg"), *[None] * 5]
    assert [post.media[0].extra["missing"] for post in posts[1:]] == names[1:]
    assert [problem.error for problem in problems] == [
        "a media path leads outside the folder of the export: not used"
    ] * 4


def test_the_paths_of_ones_own_posts_are_relative_to_their_file(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    media = [{"path": "clips/a.mp4"}, {"path": "/data/b.mp4"}, {"path": "../c.mp4"}]
    file.write_text(json.dumps({"id": "a", "media": media}), encoding="utf-8")
    assert [media.path for media in told(file)[0][0].media] == [
        str(tmp_path / "clips" / "a.mp4"),
        "/data/b.mp4",
        str(tmp_path / ".." / "c.mp4"),
    ]


def test_media_inside_an_archive_are_missing(tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    file.write_bytes(zipped({"result.json": chat("photos/1.jpg"), "photos/1.jpg": b"x"}))
    assert told(file)[0][0].media[0].extra == {"missing": "photos/1.jpg"}
