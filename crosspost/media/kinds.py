"""What a file is, told from its first bytes alone, and which kinds are opened at all.

A name says nothing: a playlist named .mp4 would have other files read in its stead. What is not on the list is refused,
and a decoder is told the one format that it may take the file for.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

HEAD = 512  # bytes from which a kind is told


class Kind(NamedTuple):
    """A picture or video, and the decoder's name for the format (Pillow's for pictures, FFmpeg's for videos)."""

    type: Literal["image", "video"]
    format: str


_STARTS = (
    (b"\xff\xd8\xff", Kind("image", "JPEG")),
    (b"\x89PNG\r\n\x1a\n", Kind("image", "PNG")),
    (b"GIF87a", Kind("image", "GIF")),
    (b"GIF89a", Kind("image", "GIF")),
    (b"BM", Kind("image", "BMP")),
    (b"II*\x00", Kind("image", "TIFF")),
    (b"MM\x00*", Kind("image", "TIFF")),
    (b"\x1aE\xdf\xa3", Kind("video", "matroska")),
    (b"FLV\x01", Kind("video", "flv")),
    (b"\x00\x00\x01\xba", Kind("video", "mpeg")),
    (b"OggS", Kind("video", "ogg")),
    (b"0&\xb2u\x8ef\xcf\x11", Kind("video", "asf")),
)
_RIFF = {b"WEBP": Kind("image", "WEBP"), b"AVI ": Kind("video", "avi")}
_BRANDS = {b"avif": Kind("image", "AVIF"), b"avis": Kind("image", "AVIF")}  # of ISO base media files; others are videos
_NO_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}
)  # HEIC: no free decoder comes with Pillow
_BOXES = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})  # a QuickTime file without a brand
_PACKET = 188  # bytes of a packet of MPEG-TS, each of which begins with ...
_SYNC = 0x47


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a file that begins with these bytes (`HEAD` of them); None for what is not opened."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return None if head[8:12] in _NO_BRANDS else _BRANDS.get(head[8:12], Kind("video", "mp4"))
    if head[4:8] in _BOXES:
        return Kind("video", "mp4")
    if len(head) > 2 * _PACKET and all(head[at] == _SYNC for at in (0, _PACKET, 2 * _PACKET)):
        return Kind("video", "mpegts")
    return None
