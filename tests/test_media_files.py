"""Media files are recognised by their content, and broken or hostile ones cost a sentence."""

from __future__ import annotations

import os
import random
import socket
import struct
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from made_media import SIZE, moving, save_video, scene
from PIL import Image

from crosspost.errors import MediaCacheError, MediaRefused
from crosspost.media import sandbox
from crosspost.media.fingerprinter import Fingerprinter
from crosspost.media.kinds import HEAD, Kind, kind_of
from crosspost.media.shapes import Fingerprint


@pytest.fixture(scope="module")
def recognise() -> Iterator[Fingerprinter]:
    with Fingerprinter() as fingerprinter:
        yield fingerprinter


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.fromarray(scene(1)).save(path)
    return path


def apart(a: Fingerprint, b: Fingerprint, state: str = "") -> int:
    """Return how many bits the first frame of one differs from the first of the other in a state."""
    other = b.variants[state] if state else b.frames
    return int(np.bitwise_count(a.frames.hashes[0] ^ other.hashes[0]).sum())


# ------------------------------------------------------------------ what is seen


@pytest.mark.parametrize("suffix", ["jpg", "webp", "bmp", "tiff", "gif"])
def test_a_picture_is_recognised_in_another_format(
    recognise: Fingerprinter, picture: Path, tmp_path: Path, suffix: str
) -> None:
    other = tmp_path / f"other.{suffix}"
    Image.open(picture).save(other)
    assert apart(recognise.fingerprint(picture), recognise.fingerprint(other)) <= 10


def test_a_picture_turned_by_its_exif_tag_is_seen_as_it_is_shown(recognise: Fingerprinter, tmp_path: Path) -> None:
    shown, tagged = tmp_path / "shown.jpg", tmp_path / "tagged.jpg"
    Image.fromarray(scene(2)).save(shown, quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right
    Image.fromarray(np.ascontiguousarray(np.rot90(scene(2)))).save(tagged, quality=95, exif=exif)
    as_shown, as_tagged = recognise.fingerprint(shown), recognise.fingerprint(tagged)
    assert (as_tagged.width, as_tagged.height) == (as_shown.width, as_shown.height) == (SIZE[1], SIZE[0])
    assert apart(as_shown, as_tagged) <= 10


def test_a_mirrored_picture_meets_the_mirrored_state(recognise: Fingerprinter, picture: Path, tmp_path: Path) -> None:
    mirrored = tmp_path / "mirrored.png"
    Image.fromarray(np.ascontiguousarray(scene(1)[:, ::-1])).save(mirrored)
    a, b = recognise.fingerprint(mirrored), recognise.fingerprint(picture)
    assert apart(a, b, "mirrored") <= 20 < apart(a, b)


def test_plain_borders_are_cut_for_the_trimmed_state(recognise: Fingerprinter, picture: Path, tmp_path: Path) -> None:
    framed = tmp_path / "framed.png"
    Image.fromarray(np.pad(scene(1), ((60, 60), (10, 10), (0, 0)))).save(framed)
    assert apart(recognise.fingerprint(picture), recognise.fingerprint(framed), "trimmed") <= 10


def test_what_is_transparent_is_seen_on_white(recognise: Fingerprinter, tmp_path: Path) -> None:
    clear, white = tmp_path / "clear.png", tmp_path / "white.png"
    hidden = np.dstack([scene(3), np.full(SIZE, 255, np.uint8)])
    hidden[:, :160, 3] = 0
    Image.fromarray(hidden).save(clear)
    Image.fromarray(np.where(hidden[..., 3:] > 0, hidden[..., :3], 255).astype(np.uint8)).save(white)
    assert apart(recognise.fingerprint(clear), recognise.fingerprint(white)) == 0


def test_a_video_is_looked_at_four_times_a_second(recognise: Fingerprinter, tmp_path: Path) -> None:
    seen = recognise.fingerprint(save_video(tmp_path / "v.mp4", moving(3.0)))
    assert (seen.type, seen.width, seen.height, seen.note) == ("video", SIZE[1], SIZE[0], "")
    assert seen.frames.times.tolist() == [n / 4 for n in range(12)]
    assert recognise.luma(seen).shape == (12, 120, 192)


def test_a_video_of_ten_bits_a_colour_is_recognised(recognise: Fingerprinter, tmp_path: Path) -> None:
    deep = save_video(tmp_path / "deep.mkv", moving(1.0), codec="ffv1", pix_fmt="yuv420p10le")
    usual = save_video(tmp_path / "usual.mp4", moving(1.0))
    assert apart(recognise.fingerprint(deep), recognise.fingerprint(usual)) <= 10


def test_a_video_that_breaks_off_counts_as_far_as_it_goes(recognise: Fingerprinter, tmp_path: Path) -> None:
    whole = save_video(tmp_path / "whole.mkv", moving(4.0))
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    seen = recognise.fingerprint(broken)
    assert 2 <= len(seen.frames.times) < 16


def test_the_same_file_has_the_same_bytes_of_fingerprint_again(tmp_path: Path) -> None:
    path = save_video(tmp_path / "v.mp4", moving(2.0))
    with Fingerprinter() as one, Fingerprinter() as other:
        a, b = one.fingerprint(path), other.fingerprint(path)
        assert a.frames.hashes.tobytes() == b.frames.hashes.tobytes()
        assert one.small(a) == other.small(b)


# ------------------------------------------------------------------ the cache


def test_what_was_seen_is_known_to_a_later_run(picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "seen.db"
    with Fingerprinter(cache) as first:
        before = first.fingerprint(picture)
    monkeypatch.setattr("crosspost.media.sandbox.Sandbox.decode", lambda *_: pytest.fail("decoded again"))
    with Fingerprinter(cache) as second:
        assert apart(before, second.fingerprint(picture)) == 0


def test_a_file_that_is_no_cache_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"no database at all, but a letter" * 100)
    with pytest.raises(MediaCacheError, match=r"other\.db"):
        Fingerprinter(other)
    assert other.read_bytes().startswith(b"no database")


# ------------------------------------------------------------------ hostile files


def refusal(recognise: Fingerprinter, path: Path) -> str:
    with pytest.raises(MediaRefused) as refused:
        recognise.fingerprint(path)
    assert str(path.parent) not in str(refused.value)
    return str(refused.value)


def child_of(fingerprinter: Fingerprinter) -> subprocess.Popen[bytes]:
    child = fingerprinter._sandbox._child  # noqa: SLF001  # what a user cannot see, the system can
    assert child is not None
    return child


def png(width: int, height: int, rows: bytes) -> bytes:
    """Return a PNG whose header claims a size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_a_playlist_with_the_name_of_a_video_is_not_opened(recognise: Fingerprinter, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n")
    assert "first bytes" in refusal(recognise, path)


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"<svg xmlns='x'/>", b"%PDF-1.7", b"ffconcat version 1.0\n"])
def test_what_only_has_the_name_of_a_picture_is_not_opened(
    recognise: Fingerprinter, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(content * 10)
    assert "first bytes" in refusal(recognise, path)


def test_a_small_file_of_169_megapixels_is_refused(recognise: Fingerprinter, tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    path.write_bytes(png(13_000, 13_000, bytes(13_001 * 13_000)))
    assert path.stat().st_size < 200_000
    assert "13000 x 13000" in refusal(recognise, path)


def test_a_picture_that_claims_a_million_by_a_million_is_refused(recognise: Fingerprinter, tmp_path: Path) -> None:
    path = tmp_path / "claims.png"
    path.write_bytes(png(10**6, 10**6, b"\0" * 100))
    assert "1000000 x 1000000" in refusal(recognise, path)


def test_a_named_pipe_is_refused_without_waiting(recognise: Fingerprinter, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert refusal(recognise, tmp_path / "pipe.mp4") == "no plain file"


def test_a_link_that_leads_to_itself_is_refused(recognise: Fingerprinter, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").symlink_to(tmp_path / "b.jpg")
    (tmp_path / "b.jpg").symlink_to(tmp_path / "a.jpg")
    assert "symbolic links" in refusal(recognise, tmp_path / "a.jpg")


def test_folders_sockets_and_empty_or_missing_files_are_refused(recognise: Fingerprinter, tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    assert refusal(recognise, tmp_path) == "no plain file"
    assert refusal(recognise, tmp_path / "empty.jpg") == "an empty file"
    assert refusal(recognise, tmp_path / "missing.jpg") == "no such file or directory"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        refusal(recognise, tmp_path / "s")


def test_a_sound_is_no_picture(recognise: Fingerprinter, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert "no picture in it" in refusal(recognise, path)


def test_damaged_files_are_refused_or_looked_at_and_the_next_one_is_read(
    recognise: Fingerprinter, picture: Path, tmp_path: Path
) -> None:
    sound = recognise.fingerprint(picture)
    originals = [picture, save_video(tmp_path / "v.mp4", moving(1.0)), save_video(tmp_path / "v.avi", moving(1.0))]
    Image.fromarray(scene(5)).save(tmp_path / "p.jpg")
    originals.append(tmp_path / "p.jpg")
    chosen, outcomes = random.Random(7), []  # noqa: S311  # no secret
    for n in range(60):
        content = bytearray(originals[n % 4].read_bytes())
        for _ in range(chosen.randrange(1, 30)):
            content[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
        damaged = tmp_path / f"damaged-{n}"
        damaged.write_bytes(content[: chosen.randrange(1, len(content) + 1)])
        try:
            outcomes.append(len(recognise.fingerprint(damaged).frames.times) > 0)
        except MediaRefused as refused:
            outcomes.append(0 < len(str(refused)) < 250 and "\n" not in str(refused))
    assert all(outcomes)
    again = tmp_path / "again.png"
    again.write_bytes(picture.read_bytes() + b" ")  # other bytes, so that it is decoded
    assert apart(sound, recognise.fingerprint(again)) == 0


def test_a_child_that_dies_costs_one_file(recognise: Fingerprinter, picture: Path, tmp_path: Path) -> None:
    recognise.fingerprint(picture)
    child = child_of(recognise)
    child.kill()
    child.wait()
    other = tmp_path / "other.png"
    Image.fromarray(scene(9)).save(other)
    assert "broke down" in refusal(recognise, other)
    third = tmp_path / "third.png"
    Image.fromarray(scene(10)).save(third)
    assert recognise.fingerprint(third).frames.quality[0] > 0


def test_a_fingerprint_whose_first_byte_is_that_of_a_refusal_is_none(picture: Path) -> None:
    with picture.open("rb") as file:
        answer = sandbox._answer(lambda *_: b"!seen", file, Kind("image", "PNG"))  # noqa: SLF001  # one head in 256
    assert answer == b"+!seen"


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_video(tmp_path / "v.mp4", moving(3.0))
    monkeypatch.setattr("crosspost.media.sandbox.MOST_SECONDS", 0.001)
    with Fingerprinter() as slow:
        assert "within" in refusal(slow, path)


def test_the_child_has_no_key_of_the_environment(monkeypatch: pytest.MonkeyPatch, picture: Path) -> None:
    monkeypatch.setenv("SOME_API_KEY", "secret-of-the-user")
    with Fingerprinter() as fingerprinter:
        fingerprinter.fingerprint(picture)
        environment = Path(f"/proc/{child_of(fingerprinter).pid}/environ").read_bytes()
    assert b"OMP_NUM_THREADS" in environment
    assert b"secret-of-the-user" not in environment


@pytest.mark.parametrize(
    ("head", "format_"),
    [
        (b"\0\0\0\x18ftypisom", "mp4"),
        (b"\0\0\0\x18ftypavif", "AVIF"),
        (b"\0\0\0\x18ftypheic", None),
        (b"RIFF\0\0\0\0AVI LIST", "avi"),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"\x1aE\xdf\xa3", "matroska"),
        (b"G" + b"\0" * 187 + b"G" + b"\0" * 187 + b"G", "mpegts"),
        (b"", None),
    ],
)
def test_a_kind_is_told_from_the_first_bytes(head: bytes, format_: str | None) -> None:
    kind = kind_of(head[:HEAD])
    assert (kind and kind.format) == format_
