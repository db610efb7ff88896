"""How an answer leaves: a whole one in a single write, which half of gunicorn's own work is too much for.

What is streamed goes gunicorn's way.
"""

from __future__ import annotations

import socket
import time
from email.utils import formatdate
from typing import Any

from flask import Response
from gunicorn import SERVER
from gunicorn.http import wsgi

_NO_BODY = (204, 304)


def send_answer(worker: Any, listener_name: Any, request: Any, sock: Any, addr: Any) -> None:
    """Answer one request. Raises: StopIteration when the connection is to end, what the socket raises."""
    response, environ = wsgi.create(request, sock, addr, listener_name, worker.cfg)  # type: ignore[no-untyped-call]
    environ["wsgi.multithread"] = True
    answer: Response = worker.wsgi.answer(environ)
    if not _is_whole(answer):
        _stream(worker, answer, environ, response, sock)
        return
    is_last = request.should_close() or not worker.alive
    body = b"" if request.method == "HEAD" else answer.data
    sock.sendall(_head(request, answer, is_last=is_last) + body)
    if is_last:
        raise StopIteration


def _is_whole(answer: Response) -> bool:
    return answer.is_sequence and answer.status_code not in _NO_BODY and "Content-Length" in answer.headers


def _head(request: Any, answer: Response, *, is_last: bool) -> bytes:
    major, minor = request.version
    lines = [
        f"HTTP/{major}.{minor} {answer.status}",
        f"Server: {SERVER}",
        f"Date: {_DATE.text()}",
        f"Connection: {'close' if is_last else 'keep-alive'}",
        *(f"{name}: {value}" for name, value in answer.headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _stream(worker: Any, answer: Response, environ: dict[str, Any], response: Any, sock: Any) -> None:
    if not worker.alive:
        response.force_close()
    chunks = answer(environ, response.start_response)
    try:
        for chunk in chunks:
            response.write(chunk)
        response.close()
    except (Exception, SystemExit) as error:
        if isinstance(error, OSError) or not response.headers_sent:
            raise
        # An answer that has begun cannot become an error: it breaks off, and so does the connection.
        worker.log.exception("The answer broke off")
        sock.shutdown(socket.SHUT_RDWR)
        raise StopIteration from error
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    if response.should_close():
        raise StopIteration


class _Date:
    """The Date header, written once a second."""

    def __init__(self) -> None:
        self._at_s = 0
        self._text = ""

    def text(self) -> str:
        now_s = int(time.time())
        if now_s != self._at_s:
            self._at_s, self._text = now_s, formatdate(now_s, usegmt=True)
        return self._text


_DATE = _Date()
