"""What a file is by its first bytes; names and declared types are never believed."""

from __future__ import annotations

from typing import Final

HEAD_BYTES: Final = 64

PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})

# ISO base media brands that phones write for still HEIC pictures.
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})


def photo_type(head: bytes) -> str | None:
    """Return the media type of a photo that we take, or None for everything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "image/heic"
    return None


# Brands of moving pictures that phones' cameras and recorders write into the same container.
_MP4_BRANDS: Final = frozenset(
    {
        b"isom",
        b"iso2",
        b"iso3",
        b"iso4",
        b"iso5",
        b"iso6",
        b"iso7",
        b"iso8",
        b"iso9",
        b"mp41",
        b"mp42",
        b"avc1",
    }
    | {b"M4V ", b"MSNV", b"dash", b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3gp8", b"3gp9"}
)


def clip_type(head: bytes) -> str | None:
    """Return the media type of a clip that we take, or None for everything else."""
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "video/webm"
    if head[4:8] != b"ftyp":
        return None
    if head[8:12] == b"qt  ":
        return "video/quicktime"
    return "video/mp4" if head[8:12] in _MP4_BRANDS else None


def is_same_type(declared: str, found: str) -> bool:
    """Return whether a declared type names the found one; HEIF is HEIC's family name."""
    return declared == found or (declared == "image/heif" and found == "image/heic")
