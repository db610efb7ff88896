"""Which photos and clips may leave as they are: those whose structure holds nothing but the picture.

An allow-list of segments: what is not known may name a camera's owner, its serial number, or a home.
"""

from __future__ import annotations

import struct
from typing import Final

_JPEG_BARE: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xE0, 0xEE})
_PNG_BARE: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"}
)
_WEBP_BARE: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
_SOS, _EOI = 0xDA, 0xD9
_APP0, _APP14 = 0xE0, 0xEE
_LONGEST_APP: Final = {_APP0: 16, _APP14: 14}
"""A JFIF header with a thumbnail is longer."""


def is_bare(data: bytes, media_type: str) -> bool:
    """Does the file hold the picture alone? False for every type whose structure is not known here."""
    reader = {"image/jpeg": _is_bare_jpeg, "image/png": _is_bare_png, "image/webp": _is_bare_webp}
    try:
        return media_type in reader and reader[media_type](data)
    except (IndexError, struct.error):
        return False


def _is_bare_jpeg(data: bytes) -> bool:
    if data[:2] != b"\xff\xd8":
        return False
    at = 2
    while True:
        if data[at] != 0xFF:
            return False
        marker, (length,) = data[at + 1], struct.unpack_from(">H", data, at + 2)
        if marker == _SOS:
            at = _after_scan(data, at + 2 + length)
            if data[at + 1] == _EOI:
                return at + 2 == len(data)
            continue
        if marker not in _JPEG_BARE or length > _LONGEST_APP.get(marker, length):
            return False
        at += 2 + length


def _after_scan(data: bytes, at: int) -> int:
    """Return where the next marker stands that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise IndexError
        if data[at + 1] not in (0x00, *range(0xD0, 0xD8)):
            return at
        at += 2


def _is_bare_png(data: bytes) -> bool:
    at = 8
    if data[:at] != b"\x89PNG\r\n\x1a\n":
        return False
    while at < len(data):
        length: int = struct.unpack_from(">I", data, at)[0]
        kind = data[at + 4 : at + 8]
        at += 12 + length
        if kind not in _PNG_BARE:
            return False
        if kind == b"IEND":
            return length == 0 and at == len(data)
    return False


def _is_bare_webp(data: bytes) -> bool:
    size: int = struct.unpack_from("<I", data, 4)[0]
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or size + 8 != len(data):
        return False
    at = 12
    while at < len(data):
        length: int = struct.unpack_from("<I", data, at + 4)[0]
        if data[at : at + 4] not in _WEBP_BARE:
            return False
        at += 8 + length + length % 2
    return at == len(data)
