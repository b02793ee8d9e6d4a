"""Which media show the same, and which seconds of one are which of the other, on files that the tests make."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from made_media import landscape, moving, save_video, scene
from numpy.typing import NDArray
from PIL import Image

from crosspost.media.fingerprinter import Fingerprinter
from crosspost.media.matches import match, matches
from crosspost.media.shapes import Fingerprint, Match

RATE = 12  # frames a second


@pytest.fixture(scope="module")
def recognise() -> Iterator[Fingerprinter]:
    with Fingerprinter() as fingerprinter:
        yield fingerprinter


@pytest.fixture(scope="module")
def frames() -> list[NDArray[np.uint8]]:
    return moving(6.0, RATE)


@pytest.fixture(scope="module")
def whole(
    recognise: Fingerprinter, frames: list[NDArray[np.uint8]], tmp_path_factory: pytest.TempPathFactory
) -> Fingerprint:
    return recognise.fingerprint(save_video(tmp_path_factory.mktemp("whole") / "whole.mp4", frames, rate=RATE))


def seconds(met: Match | None) -> list[tuple[float, ...]]:
    """Return from and to of A and of B, to a quarter of a second: as fine as the frames lie."""
    assert met is not None
    return [tuple(round(4 * edge) / 4 for edge in (*segment.a, *segment.b)) for segment in met.segments]


def test_a_piece_of_a_video_is_found_with_its_seconds(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    piece = recognise.fingerprint(save_video(tmp_path / "piece.mp4", frames[2 * RATE : 5 * RATE], rate=RATE))
    assert seconds(match(whole, piece)) == [(2, 5, 0, 3)]


def test_a_mirrored_piece_is_found_and_called_mirrored(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    mirrored = [np.ascontiguousarray(frame[:, ::-1]) for frame in frames[RATE : 4 * RATE]]
    piece = recognise.fingerprint(save_video(tmp_path / "mirrored.mp4", mirrored, rate=RATE))
    met = match(whole, piece)
    assert met is not None
    assert (met.how, [segment.mirrored for segment in met.segments]) == ("mirrored", [True])
    assert seconds(met) == [(1, 4, 0, 3)]


def test_a_piece_glued_behind_another_video_is_found(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    before = [scene(50 + n // RATE) for n in range(2 * RATE)]
    glued = recognise.fingerprint(save_video(tmp_path / "glued.mp4", [*before, *frames[3 * RATE :]], rate=RATE))
    assert seconds(match(whole, glued)) == [(3, 6, 2, 5)]


def test_a_faster_video_is_found_from_its_beginning_to_its_end(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    faster = recognise.fingerprint(save_video(tmp_path / "faster.mp4", frames, rate=15))
    assert seconds(match(whole, faster)) == [(0, 6, 0, 4.75)]


def test_bars_above_and_below_do_not_hide_a_video(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    barred = [np.pad(frame, ((40, 40), (0, 0), (0, 0))) for frame in frames]
    met = match(whole, recognise.fingerprint(save_video(tmp_path / "barred.mp4", barred, rate=RATE)))
    assert met is not None
    assert met.how == "trimmed"
    assert seconds(met) == [(0, 6, 0, 6)]


def test_a_picture_is_found_in_a_video(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    Image.fromarray(frames[4 * RATE]).save(tmp_path / "still.png")
    ((start, end, *picture),) = seconds(match(whole, recognise.fingerprint(tmp_path / "still.png")))
    assert picture == [0, 0]
    assert start - 0.3 <= 4 <= end + 0.3


def panned(seconds: int, rate: int = 4) -> list[NDArray[np.uint8]]:
    """Return the frames of a camera that moves over two landscapes with boxes all over them."""
    count = seconds * rate // 2
    places = [landscape(seed) // 2 + scene(seed, 400, 600) // 2 for seed in (1, 2)]
    return [place[n : n + 240, 3 * n : 3 * n + 400].copy() for place in places for n in range(count)]


def test_a_crop_of_a_moving_camera_is_found_with_its_seconds(recognise: Fingerprinter, tmp_path: Path) -> None:
    frames = panned(6)
    whole = recognise.fingerprint(save_video(tmp_path / "whole.mp4", frames, rate=4))
    cropped = [np.ascontiguousarray(frame[20:210, 40:360]) for frame in frames[4:]]
    crop = recognise.fingerprint(save_video(tmp_path / "crop.mp4", cropped, rate=4))
    assert match(whole, crop) is None
    met = match(whole, crop, recognise.luma)
    assert met is not None
    assert met.how == "region"
    assert seconds(met) == [(1, 6, 0, 5)]


def test_a_banner_over_a_video_does_not_shorten_it(recognise: Fingerprinter, tmp_path: Path) -> None:
    frames = panned(6)
    whole = recognise.fingerprint(save_video(tmp_path / "whole.mp4", frames, rate=4))
    for frame in frames:
        frame[180:] = scene(7)[:60, :1]  # lines of other colours
    barred = recognise.fingerprint(save_video(tmp_path / "barred.mp4", frames, rate=4))
    assert seconds(match(whole, barred, recognise.luma)) == [(0, 6, 0, 6)]


def page(shown: NDArray[np.uint8], path: Path) -> Path:
    """Save a white page with lines of text, a box beside them, and a picture."""
    sheet = np.full((540, 960, 3), 255, np.uint8)
    for line in range(12):
        sheet[40 + 40 * line : 52 + 40 * line, 30 : 250 - 37 * line % 90] = 40
    sheet[60:440, 720:930] = scene(3)[:190, :105].repeat(2, axis=0).repeat(2, axis=1)
    sheet[60:440, 290:690] = shown
    Image.fromarray(sheet).save(path, quality=90)
    return path


def test_one_page_with_two_pictures_is_not_the_same_picture(recognise: Fingerprinter, tmp_path: Path) -> None:
    dark, light = (np.full((380, 400, 3), grey, np.uint8) for grey in (60, 120))
    dark[:, :, 1] += np.arange(400, dtype=np.uint8) // 4
    light[:, :, 2] -= np.arange(400, dtype=np.uint8) // 4
    a, b = (recognise.fingerprint(page(shown, tmp_path / f"{n}.jpg")) for n, shown in enumerate((dark, light)))
    assert match(a, b) is not None
    assert match(a, b, recognise.luma) is None


def test_different_videos_do_not_match(recognise: Fingerprinter, whole: Fingerprint, tmp_path: Path) -> None:
    other = save_video(tmp_path / "other.mp4", [scene(90 + n // RATE) for n in range(5 * RATE)], rate=RATE)
    assert match(whole, recognise.fingerprint(other), recognise.luma) is None


def test_a_flat_picture_matches_nothing(recognise: Fingerprinter, tmp_path: Path) -> None:
    for name, grey in (("a", 20), ("b", 200)):
        Image.new("RGB", (300, 200), (grey, grey, grey)).save(tmp_path / f"{name}.png")
    a, b = (recognise.fingerprint(tmp_path / f"{name}.png") for name in "ab")
    assert match(a, b, recognise.luma) is None


def test_a_part_of_a_picture_is_found_where_the_pixels_are_looked_at(recognise: Fingerprinter, tmp_path: Path) -> None:
    Image.fromarray(landscape(1)).save(tmp_path / "whole.jpg", quality=90)
    Image.fromarray(landscape(1)[80:330, 150:500]).save(tmp_path / "part.jpg", quality=70)
    whole, part = (recognise.fingerprint(tmp_path / f"{name}.jpg") for name in ("whole", "part"))
    assert match(whole, part) is None
    met = match(whole, part, recognise.luma)
    assert met is not None
    assert met.how == "region"


def test_no_part_is_found_of_another_picture(recognise: Fingerprinter, tmp_path: Path) -> None:
    for seed in range(6):
        Image.fromarray(landscape(seed)).save(tmp_path / f"{seed}.jpg")
    all_of_them = [recognise.fingerprint(tmp_path / f"{seed}.jpg") for seed in range(6)]
    assert not any(match(a, b, recognise.luma) for a, b in combinations(all_of_them, 2))


def test_the_order_of_two_media_only_changes_sides(
    recognise: Fingerprinter, whole: Fingerprint, frames: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    piece = recognise.fingerprint(save_video(tmp_path / "piece.mp4", frames[2 * RATE : 5 * RATE], rate=RATE))
    there, back = match(whole, piece), match(piece, whole)
    assert there is not None
    assert back is not None
    assert there.swapped() == back


def test_the_order_of_all_media_only_changes_their_places(recognise: Fingerprinter, tmp_path: Path) -> None:
    for n, quality in enumerate((95, 60, 30)):
        Image.fromarray(landscape(2)).save(tmp_path / f"a{n}.jpg", quality=quality)
        Image.fromarray(landscape(3)).save(tmp_path / f"b{n}.jpg", quality=quality)
    media = [recognise.fingerprint(path) for path in sorted(tmp_path.iterdir())]
    found = {(media[a].sha256, media[b].sha256) for a, b in matches(media)}
    assert len(found) == 6
    turned = media[::-1]
    assert {(turned[b].sha256, turned[a].sha256) for a, b in matches(turned)} == found
