"""Seals: a checksum of what a row says beside its body, so that a flipped bit is an error, not an answer.

SQLite verifies the pages of the file itself, but not those it reads from its write-ahead log. A CRC-32
finds every flip of a single bit; against forgery it is no help, and the bodies have their SHA-256.
"""

from __future__ import annotations

from zlib import crc32

from sync.errors import StorageFailed


def document_seal(
    database: int, doc_id: str, seq: int, rev: str, is_deleted: int, body: int, tree: bytes | None
) -> int:
    named = f"{database}/{seq}/{is_deleted}/{body}/{rev}/{doc_id}".encode()
    return crc32(named) if tree is None else crc32(tree, crc32(named))


def body_seal(number: int, sha256: bytes, is_wide: bool) -> int:
    """Bind a body to its place: another document's whole body is damage too."""
    return crc32(sha256, number * 2 + is_wide & 0xFFFF_FFFF)


def local_seal(local_id: str, rev: int, sha256: bytes, is_wide: bool) -> int:
    return crc32(sha256, crc32(f"{rev}/{int(is_wide)}/{local_id}".encode()))


def damaged(what: str) -> StorageFailed:
    return StorageFailed(f"{what} is damaged: its bytes do not match their checksum.", error="damaged")
