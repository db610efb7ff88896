"""Answers: JSON always, errors too, in CouchDB's words."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Final

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

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
_WITHOUT_BODY: Final = (204, 304)


class Answer(Response):
    """A whole answer in bytes, sent without what Flask would look through in a page of its own."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self.response
        if not isinstance(body, list) or self.status_code in _WITHOUT_BODY:
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return () if environ["REQUEST_METHOD"] == "HEAD" else body


def answer(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Answer(dump_json(value) + b"\n", status, headers, content_type=JSON)


def streamed(chunks: Generator[bytes], content_type: str) -> Response:
    """Return an answer whose parts come when they come, outside of any request's context."""
    # X-Accel-Buffering: a proxy that collects the answer would hold the heartbeats back.
    headers = {"X-Accel-Buffering": "no"}
    response = Response(headers=headers, content_type=content_type, direct_passthrough=True)
    response.response = _Chunks(chunks, response)
    return response


class _Chunks:
    """The server iterates over the generator itself: each layer around it costs a waiting feed memory."""

    __slots__ = ("_chunks", "_response")

    def __init__(self, chunks: Generator[bytes], response: Response) -> None:
        self._chunks = chunks
        self._response: Response | None = response

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Called by the server at the end, and by the response that this calls."""
        response, self._response = self._response, None
        self._chunks.close()
        if response is not None:
            response.close()


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
