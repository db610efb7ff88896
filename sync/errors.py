"""Every error that this package raises, in one tree.

SyncError
├── BadRequest 400
├── Unauthorized 401
├── Forbidden 403
├── NotFound 404
│   ├── DatabaseNotFound
│   └── DocumentNotFound          reason "missing" or "deleted"
├── MethodNotAllowed 405
├── Conflict 409
├── PreconditionFailed 412        file_exists, missing_stub
├── TooLarge 413
├── UriTooLong 414
├── UnsupportedMediaType 415
├── NotImplementedHere 501
├── Overloaded 503                retryable
└── StorageFailed 507             disk full or I/O error; nothing was acknowledged
"""

from __future__ import annotations

from typing import ClassVar


class SyncError(Exception):
    """An answer other than success; `error` and `reason` are CouchDB's words for it."""

    status: ClassVar[int] = 500
    error: str = "internal_server_error"
    is_retryable: ClassVar[bool] = False

    def __init__(self, reason: str, *, error: str | None = None, hint: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint
        if error is not None:
            self.error = error


class BadRequest(SyncError):
    status = 400
    error = "bad_request"


class Unauthorized(SyncError):
    status = 401
    error = "unauthorized"


class Forbidden(SyncError):
    status = 403
    error = "forbidden"


class NotFound(SyncError):
    status = 404
    error = "not_found"


class DatabaseNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("Database does not exist.")


class DocumentNotFound(NotFound):
    """`reason` is "missing" (never heard of) or "deleted"."""


class MethodNotAllowed(SyncError):
    status = 405
    error = "method_not_allowed"


class Conflict(SyncError):
    status = 409
    error = "conflict"

    def __init__(self, reason: str = "Document update conflict.") -> None:
        super().__init__(reason)


class PreconditionFailed(SyncError):
    status = 412
    error = "file_exists"


class TooLarge(SyncError):
    status = 413
    error = "document_too_large"


class UriTooLong(SyncError):
    status = 414
    error = "uri_too_long"


class UnsupportedMediaType(SyncError):
    status = 415
    error = "bad_content_type"


class NotImplementedHere(SyncError):
    status = 501
    error = "not_implemented"


class Overloaded(SyncError):
    status = 503
    error = "service_unavailable"
    is_retryable = True


class StorageFailed(SyncError):
    status = 507
    error = "insufficient_storage"
    is_retryable = True
