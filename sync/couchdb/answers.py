"""What a server's answer means: CouchDB's status and words become the one tree of errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.couchdb.json_text import decode, decode_spelt
from sync.errors import (
    BadRequest,
    Conflict,
    DatabaseNotFound,
    DocumentNotFound,
    Forbidden,
    MethodNotAllowed,
    NotImplementedHere,
    Overloaded,
    PreconditionFailed,
    StorageFailed,
    SyncError,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
    UriTooLong,
)

_NO_DATABASE: Final = ("Database does not exist.", "no_db_file", "Database does not exist")
_BY_STATUS: Final[Mapping[int, type[SyncError]]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    405: MethodNotAllowed,
    412: PreconditionFailed,
    413: TooLarge,
    414: UriTooLong,
    415: UnsupportedMediaType,
    417: Forbidden,
    429: Overloaded,
    501: NotImplementedHere,
    503: Overloaded,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self, *, documents_at: int | None = None) -> Any:
        """Return what it says; `documents_at`: how deep documents lie whose spelling matters.

        Raises: the error that its status and words mean.
        """
        if not self.is_ok:
            raise error_of(self)
        return decode(self.body) if documents_at is None else decode_spelt(self.body, documents_at)


def error_of(answer: Answer) -> SyncError:
    """Return the error that an answer other than 2xx means."""
    words = _words(answer)
    error, reason = str(words.get("error") or ""), str(words.get("reason") or f"HTTP {answer.status}")
    if answer.status == 404:
        if reason in _NO_DATABASE:
            return DatabaseNotFound()
        return DocumentNotFound(reason if reason == "deleted" else "missing")
    if answer.status == 409:
        return Conflict()
    if (kind := _BY_STATUS.get(answer.status)) is not None:
        return kind(reason, error=error or None)
    if answer.status >= 500:
        return StorageFailed(f"The server failed: {answer.status} {error} {reason}".strip())
    return BadRequest(f"The server answered {answer.status}: {reason}", error=error or None)


def _words(answer: Answer) -> dict[str, Any]:
    try:
        words = decode(answer.body)
    except SyncError:
        return {}  # a proxy's page, or nothing: the status says enough
    return words if isinstance(words, dict) else {}
