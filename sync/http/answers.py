"""Answers: JSON always, errors too, in CouchDB's words."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from flask import Response
from werkzeug.exceptions import HTTPException

from sync.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    NotImplementedHere,
    StorageFailed,
    SyncError,
    TooLarge,
    Unauthorized,
)
from sync.http.json_text import dump_json
from sync.peer import WriteResult

JSON = "application/json"


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(dump_json(value) + b"\n", status, headers, content_type=JSON)


def error_answer(error: SyncError) -> Response:
    """Spec: PROTOCOL A8."""
    body = {"error": error.error, "reason": error.reason}
    if error.hint:
        body["hint"] = error.hint
    return answer(body, error.status, {"Retry-After": "2"} if error.is_retryable else None)


def http_error_answer(error: HTTPException) -> Response:
    """An error of the web framework, in the same shape."""
    name = (error.name or "error").lower().replace(" ", "_")
    return answer({"error": name, "reason": error.description or ""}, error.code or 500)


def result_row(result: WriteResult) -> dict[str, object]:
    """One row of a `_bulk_docs` answer."""
    if not result.is_ok:
        return {"id": result.id, "error": result.error, "reason": result.reason}
    row: dict[str, object] = {"ok": True, "id": result.id, "rev": result.rev}
    return row if result.is_durable else row | {"accepted": True}


_ROW_ERRORS: dict[str, type[SyncError]] = {
    kind.error: kind
    for kind in (Conflict, Forbidden, NotImplementedHere, StorageFailed, TooLarge, Unauthorized)
}


def raise_row(result: WriteResult) -> None:
    """Raise what a refused row means when it is the whole request."""
    if result.is_ok:
        return
    refusal = _ROW_ERRORS.get(result.error or "", BadRequest)(result.reason or "")
    refusal.error = result.error or refusal.error
    raise refusal


def multipart_answer(parts: Iterable[tuple[object, bool]], subtype: str = "mixed") -> Response:
    """Documents as MIME parts, each with whether it is an error. Spec: PROTOCOL B30, B31, B36."""
    boundary = secrets.token_hex(16)
    lines = []
    for value, is_error in parts:
        content_type = f'{JSON}; error="true"' if is_error else JSON
        lines.append(
            f"--{boundary}\r\nContent-Type: {content_type}\r\n\r\n".encode() + dump_json(value) + b"\r\n"
        )
    body = b"".join([*lines, f"--{boundary}--".encode()])
    return Response(body, content_type=f'multipart/{subtype}; boundary="{boundary}"')
