"""A revision: its generation and digest, its text form, and how the next one is named.

What names itself here is 32 hexadecimal digits. Other servers and clients name revisions otherwise;
theirs are taken as CouchDB takes them, so that a replica of anything chooses the winner CouchDB does.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final, NamedTuple

from sync.errors import BadRequest

REVS_LIMIT: Final = 1000
"""How many revisions of a branch are remembered; the same on every replica, never lowered."""

MAX_GENERATION: Final = 9_999_999

# Visible ASCII that needs no escape in a header (ETag), so that a revision is one thing everywhere.
_DIGEST = re.compile(r"[!#-\[\]-~]{1,100}")
_HEX = re.compile(r"[0-9a-f]{32}")
_OURS = re.compile(r"([1-9][0-9]{0,6})-([0-9a-f]{32})")
_TEXT = re.compile(r"([1-9][0-9]{0,6})-(.+)", re.ASCII | re.DOTALL)


class Revision(NamedTuple):
    """`digest`: 32 lower-case hexadecimal digits, or another text of any other length."""

    generation: int
    digest: str

    def __str__(self) -> str:
        return f"{self.generation}-{self.digest}"

    @property
    def rank(self) -> tuple[int, bytes]:
        """What winners are chosen by: CouchDB compares 32 digits as the 16 bytes they stand for."""
        digest = self.digest
        return self.generation, bytes.fromhex(digest) if len(digest) == 32 else digest.encode()


def parse_revision(text: object) -> Revision:
    """Return the revision that `text` names.

    Raises: BadRequest. Spec: PROTOCOL B27, section 1 items 5 and 6.
    """
    if isinstance(text, str) and (ours := _OURS.fullmatch(text)) is not None:
        return Revision(int(ours[1]), ours[2])
    match = _TEXT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise BadRequest("Invalid rev format")
    return Revision(int(match[1]), _digest(match[2]))


def _digest(text: object) -> str:
    """Raises: BadRequest. Upper-case digits are the same revision, as in CouchDB."""
    if isinstance(text, str):
        if len(text) == 32 and _HEX.fullmatch(text):
            return text
        if len(text) != 32:
            if _DIGEST.fullmatch(text):
                return text
        elif _HEX.fullmatch(lowered := text.lower()):
            return lowered
    raise BadRequest("Invalid rev format")


def is_ours(digest: object) -> bool:
    """Whether a digest is as every one that is made here: 32 lower-case hexadecimal digits."""
    return type(digest) is str and _HEX.fullmatch(digest) is not None


def is_hexadecimal(revision: Revision) -> bool:
    """Whether PouchDB orders it as every server does: what devices may be given. Spec: QUIRKS 5."""
    return len(revision.digest) == 32


def parse_history(revisions: object) -> list[Revision]:
    """Return the path that a `_revisions` member names, newest first, stemmed to REVS_LIMIT.

    Raises: BadRequest. Spec: PROTOCOL C40, C43, C44.
    """
    if not isinstance(revisions, dict):
        raise BadRequest("_revisions isn't an object.", error="doc_validation")
    start, ids = revisions.get("start"), revisions.get("ids")
    if type(start) is not int or not 1 <= start <= MAX_GENERATION:
        raise BadRequest(
            "_revisions.start isn't a positive integer of at most 7 digits.", error="doc_validation"
        )
    if not isinstance(ids, list) or not ids:
        raise BadRequest("_revisions.ids isn't a list with at least one id.", error="doc_validation")
    if len(ids) > start:
        raise BadRequest("_revisions.ids is longer than _revisions.start.", error="doc_validation")
    if len(ids) == 1:  # most of what is new
        return [Revision(start, _digest(ids[0]))]
    return [Revision(start - age, _digest(text)) for age, text in enumerate(ids[:REVS_LIMIT])]


def next_revision(parent: Revision | None, *, is_deleted: bool, content_sha256: bytes) -> Revision:
    """Return the name of an edit: the same edit has the same name on every replica.

    `content_sha256` is over the body with sorted keys, so that a feed written again in another
    key order costs its readers no download.

    Spec: PROTOCOL B26, section 4 last item.
    """
    generation = parent.generation + 1 if parent else 1
    if generation > MAX_GENERATION:
        raise BadRequest("This document has too many revisions.")
    ancestry = f"{parent or ''}/{int(is_deleted)}/".encode()
    return Revision(generation, hashlib.sha256(ancestry + content_sha256).hexdigest()[:32])
