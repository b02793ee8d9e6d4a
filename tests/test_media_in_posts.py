"""Posts linked by what their media show, on files that the tests make, through the calls and commands of users."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_media import landscape, moving, save_video
from PIL import Image

import crosspost
from crosspost import Checker, Options, Post
from crosspost.cli import main
from crosspost.media import fingerprinter as looking
from crosspost.media import remarks
from crosspost.media.fingerprinter import Fingerprinter
from crosspost.models import Finding, Report
from crosspost.recognition import Recognised, recognise, span
from crosspost.report.html.missing import missing

RATE = 12  # frames a second
IDLIB = "Smoke over the old bakery in Idlib this morning, neighbours are searching."
TRIPOLI = "Un convoi traverse la place centrale à Tripoli, en Libye, selon notre lecteur."
BENGHAZI = "مظاهرة في بنغازي بعد صلاة الجمعة"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a video, three seconds of it mirrored, a picture, its copy, a part, and another."""
    place = tmp_path_factory.mktemp("media")
    frames = moving(7.0, RATE)
    save_video(place / "whole.mp4", frames, rate=RATE)
    mirrored = [np.ascontiguousarray(frame[:, ::-1]) for frame in frames[3 * RATE : 7 * RATE]]
    save_video(place / "piece.mp4", mirrored, rate=RATE)
    picture = Image.fromarray(landscape(1))
    picture.save(place / "picture.png")
    picture.resize((450, 300)).save(place / "small.jpg", quality=60)
    picture.crop((150, 80, 500, 330)).save(place / "part.jpg", quality=70)
    Image.fromarray(landscape(4)).save(place / "other.jpg")
    (place / "broken.jpg").write_bytes((place / "other.jpg").read_bytes()[:90])
    (place / "letter.pdf").write_bytes(b"%PDF-1.7 no picture")
    return place


def post(id_: str, text: str, **media: Any) -> Post:
    return Post.model_validate({"id": id_, "text": text, "media": [media] if media else []})


def two(folder: Path, a: str, b: str) -> list[Post]:
    return [post("a", IDLIB, path=str(folder / a)), post("b", TRIPOLI, path=str(folder / b))]


def the_one(report: Report) -> Finding:
    (finding,) = report.findings
    return finding


def details(report: Report, kind: str) -> list[str]:
    return [e.detail for group in report.groups for link in group.links for e in link.evidence if e.kind == kind]


def test_a_video_trimmed_and_mirrored_under_two_places_is_found_with_its_seconds(folder: Path) -> None:
    report = crosspost.check(two(folder, "whole.mp4", "piece.mp4"))
    finding = the_one(report)
    assert finding.level == "look-first"
    assert {claim.place.name for claim in finding.claims} >= {"Idlib", "Tripoli"}
    (detail,) = details(report, "video")
    assert detail.startswith("0:03-0:07 of A is 0:00-0:04 of B, mirrored, PDQ distance ")
    assert detail in finding.summary


def test_posts_of_which_only_one_names_the_video_are_not_linked(folder: Path) -> None:
    posts = [post("a", IDLIB, path=str(folder / "whole.mp4")), post("b", TRIPOLI)]
    assert crosspost.check(posts).groups == ()


def test_a_smaller_copy_of_a_picture_links_posts_of_other_words(folder: Path) -> None:
    report = crosspost.check(two(folder, "picture.png", "small.jpg"))
    assert the_one(report).level == "look-first"
    assert details(report, "image")[0].startswith("images match, PDQ distance ")


def test_a_part_of_a_picture_is_found_among_posts_alike(folder: Path) -> None:
    posts = [post("a", IDLIB, path=str(folder / "picture.png")), post("b", IDLIB, path=str(folder / "part.jpg"))]
    assert details(crosspost.check(posts), "image")[0].startswith("a part of one image is in the other, ")


def test_different_pictures_link_nothing(folder: Path) -> None:
    assert crosspost.check(two(folder, "picture.png", "other.jpg")).groups == ()


def test_one_file_under_two_names_is_the_same_media(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.png"
    again.write_bytes((folder / "picture.png").read_bytes())
    posts = [post("a", IDLIB, path=str(folder / "picture.png")), post("b", TRIPOLI, path=str(again))]
    assert details(crosspost.check(posts), "media")[0].startswith("both carry the same file: SHA-256 ")


def test_a_given_sha256_stands_for_the_file_that_has_it(folder: Path) -> None:
    with Fingerprinter() as fingerprinter:
        sha256 = fingerprinter.fingerprint(folder / "picture.png").sha256
    posts = [post("a", IDLIB, path=str(folder / "small.jpg")), post("b", TRIPOLI, sha256=sha256)]
    posts.append(post("c", BENGHAZI, path=str(folder / "picture.png")))
    report = crosspost.check(posts)
    assert report.groups[0].posts == ("a", "b", "c")
    assert any(detail.startswith("images match") for detail in details(report, "image"))


@pytest.mark.parametrize(("flipped", "linked"), [(0, True), (20, True), (100, False)])
def test_given_pdq_hashes_are_compared_as_they_are(flipped: int, linked: bool) -> None:  # noqa: FBT001
    given = int("d8f8f0cec0f4a84f0637022a278f67f0b36e2ed596621e1d33e6339c4e9c9b22", 16)
    posts = [post("a", IDLIB, pdq=f"{given:064x}"), post("b", TRIPOLI, pdq=f"{given ^ (1 << flipped) - 1:064x}")]
    report = crosspost.check(posts)
    assert bool(report.groups) is linked
    if linked:
        assert details(report, "image") == [f"images match, PDQ distance {flipped} of 256"]


def test_the_hash_of_a_flat_picture_is_no_evidence() -> None:
    posts = [post("a", IDLIB, pdq="0" * 64), post("b", TRIPOLI, pdq="0" * 64)]
    assert crosspost.check(posts).groups == ()


def test_a_broken_file_costs_one_line_and_a_document_none(folder: Path) -> None:
    posts = [
        post("a", IDLIB, path=str(folder / "broken.jpg"), type="image"),
        post("b", TRIPOLI, path=str(folder / "letter.pdf")),
        post("c", TRIPOLI, path=str(folder / "nowhere.jpg"), type="image"),
    ]
    report = crosspost.check(posts)
    assert [(problem.file, problem.error.partition(":")[0], problem.kept) for problem in report.problems] == [
        ("broken.jpg", "media of post 'a' not looked at", True),
        ("nowhere.jpg", "media of post 'c' not looked at", True),
    ]
    assert report.counts["unreadable"] == 0


def test_the_order_of_posts_changes_nothing(folder: Path) -> None:
    files = ("whole.mp4", "piece.mp4", "picture.png", "small.jpg", "other.jpg")
    posts = [post(str(n), (IDLIB, TRIPOLI)[n % 2], path=str(folder / file)) for n, file in enumerate(files)]
    forward, backward = (crosspost.report.render(crosspost.check(order), "json") for order in (posts, posts[::-1]))
    assert forward == backward


def test_no_file_is_opened_where_that_is_not_wanted(folder: Path) -> None:
    posts = two(folder, "picture.png", "small.jpg")
    report = Checker(Options(media=False)).check(posts)
    assert report.groups == ()
    assert report.provenance["media"] == {
        "named": 2,
        "looked_at": 0,
        "given_hashes": 0,
        "not_compared": 0,
        "decoders": {},
    }


def test_a_cache_is_filled_and_named_without_its_folder(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "seen.db"
    for _ in range(2):
        report = Checker(Options(media_cache=str(cache))).check(two(folder, "picture.png", "small.jpg"))
        assert len(report.findings) == 1
        assert report.options.media_cache == "seen.db"
    assert cache.stat().st_size > 1000


def test_comparing_two_posts_looks_at_their_media(folder: Path) -> None:
    link = Checker().compare(*two(folder, "picture.png", "part.jpg"))
    assert [e.detail.partition(",")[0] for e in link.evidence if e.kind == "image"] == [
        "a part of one image is in the other"
    ]


def test_many_posts_of_one_picture_hang_together() -> None:
    pdq = "d8f8f0cec0f4a84f0637022a278f67f0b36e2ed596621e1d33e6339c4e9c9b22"
    posts = [post(f"{n:03}", "", pdq=pdq) for n in range(100)]
    pairs = [*recognise(posts, None).pairs()]
    assert len(pairs) < 500
    joined = {one.id: one.id for one in posts}
    for a, b in pairs:
        joined = {i: joined[a] if name == joined[b] else name for i, name in joined.items()}
    assert len(set(joined.values())) == 1


def test_what_was_not_looked_at_is_said_of_a_finding() -> None:
    annotations = Checker().annotate([post("a", IDLIB, path="gone.jpg")])
    assert next(missing(annotations, [], looked=False)) == "No media evidence: the files were not looked at."


# ------------------------------------------------------------------ the command line


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crosspost", *map(str, arguments)], capture_output=True, encoding="utf-8", check=False
    )


def written(path: Path, posts: list[Post]) -> Path:
    path.write_text("".join(one.model_dump_json(exclude_none=True) + "\n" for one in posts), encoding="utf-8")
    return path


def test_check_says_what_was_not_looked_at(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "posts.jsonl", two(folder, "picture.png", "small.jpg"))
    monkeypatch.setattr(looking, "is_installed", lambda: False)
    assert main(["check", str(file), "--format", "json"]) == 0
    said = capsys.readouterr()
    assert "2 media files were not looked at: pip install 'crosspost[media]'" in said.err
    assert json.loads(said.out)["groups"] == []


def test_explain_tells_what_two_media_have_in_common(folder: Path, tmp_path: Path) -> None:
    file = written(tmp_path / "posts.jsonl", two(folder, "whole.mp4", "piece.mp4"))
    done = run("explain", file, "a", "b")
    assert "video: 0:03-0:07 of A is 0:00-0:04 of B, mirrored" in done.stdout
    assert "video: no videos" in run("explain", file, "a", "b", "--no-media").stdout


def test_media_compares_two_files_and_writes_a_contact_sheet(folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.jpg"
    done = run("media", folder / "whole.mp4", folder / "piece.mp4", "-o", sheet)
    assert done.returncode == 0
    assert "0:03-0:07 of A is 0:00-0:04 of B, mirrored, PDQ distance " in done.stdout
    with Image.open(sheet) as shown:
        assert shown.format == "JPEG"
        assert shown.width > 2 * 180
        assert shown.height > 3 * 100


def test_media_as_json_gives_segments_and_hashes(folder: Path) -> None:
    told = json.loads(run("media", folder / "picture.png", folder / "small.jpg", "--format", "json").stdout)
    assert told["schema"] == "crosspost.media/1"
    assert told["match"]["how"] == "full"
    apart = int(told["a"]["pdq"], 16) ^ int(told["b"]["pdq"], 16)
    assert apart.bit_count() == told["match"]["distance"]


def test_media_of_nothing_alike_says_so(folder: Path, tmp_path: Path) -> None:
    done = run("media", folder / "picture.png", folder / "other.jpg", "-o", tmp_path / "sheet.jpg")
    assert done.stdout.endswith("no part of one was found in the other\n")
    assert "not written" in done.stderr
    assert not (tmp_path / "sheet.jpg").exists()


def test_media_of_a_file_that_is_none_is_an_error_that_names_it(folder: Path) -> None:
    done = run("media", folder / "picture.png", folder / "letter.pdf")
    assert done.returncode == 2
    assert "letter.pdf: no picture or video of a kind that is opened, by its first bytes" in done.stderr


# ------------------------------------------------------------------ remarks


def test_cuts_stills_and_repeats_are_told(tmp_path: Path) -> None:
    scenes = [landscape(seed) for seed in range(4)]
    moved = [np.roll(scenes[n // RATE], 2 * (n % RATE), axis=1) for n in range(2 * RATE)]
    frames = [*moved, *[scenes[2]] * (3 * RATE), *moved]
    with Fingerprinter() as fingerprinter:
        video = fingerprinter.fingerprint(save_video(tmp_path / "video.mp4", frames, rate=RATE))
    assert [round(at) for at in remarks.cuts(video)] == [1, 2, 5, 6]
    assert [span(stretch) for stretch in remarks.still(video)] == ["0:02-0:05"]
    assert [(round(one.a[0]), round(one.b[0])) for one in remarks.repeated(video)] == [(0, 5), (1, 6)]


def test_nothing_is_recognised_of_posts_without_media() -> None:
    found = recognise([post("a", IDLIB), post("b", TRIPOLI)], None)
    assert (found.media, found.carried, [*found.pairs()]) == ((), {}, [])
    assert Recognised().met("a", "b") is None


# ------------------------------------------------------------------ on the page


def test_the_page_shows_matched_frames_side_by_side(folder: Path) -> None:
    report = crosspost.check(two(folder, "whole.mp4", "piece.mp4"))
    ((pair, stills),) = report.stills.items()
    assert pair == ("a", "b")
    assert [(round(still.at_a), round(still.at_b)) for still in stills] == [(5, 2)]
    page = crosspost.report.render(report, "html")
    assert page.count('<img src="data:image/jpeg;base64,') == 2
    assert 'alt="A frame of A1 at 0:0' in page


def test_frames_stay_out_of_the_json(folder: Path) -> None:
    told = json.loads(crosspost.report.render(crosspost.check(two(folder, "whole.mp4", "piece.mp4")), "json"))
    assert "stills" not in told


def test_the_page_shows_no_frames_of_what_is_only_a_hash() -> None:
    pdq = "d8f8f0cec0f4a84f0637022a278f67f0b36e2ed596621e1d33e6339c4e9c9b22"
    report = crosspost.check([post("a", IDLIB, pdq=pdq), post("b", TRIPOLI, pdq=pdq)])
    assert len(report.findings) == 1
    assert report.stills == {}
