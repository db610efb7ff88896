"""Clips for tests: WebM of any length, played by browsers, made of one picture: lossy WebP is a VP8 frame."""

from __future__ import annotations

import io
import struct

from PIL import Image

WIDTH, HEIGHT = 64, 48


def webm(seconds: float) -> bytes:
    """Return a WebM of this length that shows one picture every second."""
    header = _element("4286", b"\x01") + _element("42f7", b"\x01") + _element("42f2", b"\x04")
    header += _element("42f3", b"\x08") + _element("4282", b"webm")
    header += _element("4287", b"\x02") + _element("4285", b"\x02")
    info = _element("2ad7b1", (1_000_000).to_bytes(3, "big")) + _element("4d80", b"liandong")
    info += _element("5741", b"liandong") + _element("4489", struct.pack(">d", seconds * 1000))
    frame = _vp8_frame()
    clusters = b"".join(_cluster(at * 1000, frame) for at in range(max(1, int(seconds))))
    segment = _element("1549a966", info) + _element("1654ae6b", _track()) + clusters
    return _element("1a45dfa3", header) + _element("18538067", segment)


def mp4_head() -> bytes:
    """Return the beginning of an MP4, for whoever looks at first bytes alone."""
    return b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00\x00\x00\x08free"


def _track() -> bytes:
    size = _element("b0", bytes([WIDTH])) + _element("ba", bytes([HEIGHT]))
    entry = _element("d7", b"\x01") + _element("73c5", b"\x01") + _element("83", b"\x01")
    return _element("ae", entry + _element("86", b"V_VP8") + _element("e0", size))


def _cluster(at_ms: int, frame: bytes) -> bytes:
    block = b"\x81" + struct.pack(">h", 0) + b"\x80" + frame
    return _element("1f43b675", _element("e7", at_ms.to_bytes(4, "big")) + _element("a3", block))


def _vp8_frame() -> bytes:
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB").save(stream, "WEBP", quality=50)
    data = stream.getvalue()
    start = data.index(b"VP8 ") + 4
    return data[start + 4 : start + 4 + int.from_bytes(data[start : start + 4], "little")]


def _element(name: str, content: bytes) -> bytes:
    size = len(content)
    length = bytes([0x80 | size]) if size < 0x7F else (1 << 56 | size).to_bytes(8, "big")
    return bytes.fromhex(name) + length + content
