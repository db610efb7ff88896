"""The one HTTP client: pooled connections, a session, gzip, time limits, and asking again with patience.

Any number of threads may ask at once. Certificates are always verified.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError

from sync.couchdb.address import Address
from sync.couchdb.answers import Answer, error_of
from sync.couchdb.json_text import encode
from sync.couchdb.retries import Patience, is_worth_retrying
from sync.couchdb.runtime import Runtime
from sync.couchdb.session import Session
from sync.errors import Overloaded

CONNECTIONS: Final = 32
"""Kept open; more are opened where more calls are under way."""
COMPRESS_FROM_BYTES: Final = 2_000
SIGN_INS: Final = 3
"""The session had ended; the next one was opened at another node; the password itself."""
CONNECT_TIMEOUT_S: Final = 10.0
READ_TIMEOUT_S: Final = 60.0
GZIP_LEVEL: Final = 1

Parameters = Mapping[str, object]
T = TypeVar("T")


class InDoubt(Overloaded):
    """A write was sent and no answer came: it may have happened."""


class Connection:
    """To one server; used by all threads."""

    def __init__(
        self,
        address: Address,
        *,
        ca_file: Path | None = None,
        patience: Patience | None = None,
        read_timeout_s: float = READ_TIMEOUT_S,
        compresses: bool = True,
        runtime: Runtime | None = None,
    ) -> None:
        self.address = address
        self._runtime = runtime or Runtime()
        self._ca_file = ca_file
        self._pool = self._runtime.new_pool(CONNECTIONS, ca_file=ca_file)
        self._patience = patience or Patience()
        self._read_timeout_s = read_timeout_s
        self._compresses = compresses
        self._session = Session(address)

    def ask(
        self,
        method: str,
        path: str,
        parameters: Parameters | None = None,
        body: object = None,
        *,
        is_repeatable: bool = True,
        timeout_s: float | None = None,
        patience: Patience | None = None,
    ) -> Answer:
        """Return the answer, whatever its status, after as many tries as patience allows.

        `body` is JSON, or bytes of JSON. `is_repeatable`: doing it twice is the same as once.

        Raises: Overloaded when the server cannot be reached; InDoubt when a write that is not
        repeatable was sent and its answer is lost.
        """
        url = path + _query(parameters)
        headers, data = self._packed(body)
        headers["Accept"] = "application/json"
        timeout = self._timeout(timeout_s)

        def ask() -> Answer:
            return self._ask_patiently(
                method, url, headers, data, timeout, patience or self._patience, is_repeatable=is_repeatable
            )

        return self.away(ask)

    def away(self, call: Callable[[], T]) -> T:
        """Run what waits for the server where waiting harms nobody."""
        return self._runtime.away(call)

    def _ask_patiently(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | None,
        timeout: urllib3.Timeout,
        patience: Patience,
        *,
        is_repeatable: bool,
    ) -> Answer:
        failures = 0
        while True:
            try:
                answer = self._ask_signed_in(method, url, headers, data, timeout)
            except HTTPError as error:
                failures += 1
                if not is_repeatable and not _was_never_sent(error):
                    raise InDoubt(f"No answer came from {self.address}: {_said(error)}") from error
                wait_s = patience.wait_s(failures)
                if wait_s is None:
                    raise Overloaded(f"{self.address} cannot be reached: {_said(error)}") from error
            else:
                if not is_worth_retrying(answer, is_repeatable=is_repeatable):
                    return answer
                failures += 1
                wait_s = patience.wait_s(failures, answer)
                if wait_s is None:
                    return answer
            time.sleep(wait_s)

    @contextmanager
    def stream(
        self,
        method: str,
        path: str,
        parameters: Parameters | None = None,
        body: object = None,
        *,
        silence_s: float,
    ) -> Iterator[Iterator[bytes]]:
        """Yield the answer's lines as they come; `silence_s` without a byte ends it.

        One try, for whoever reads a stream knows best where to go on. Raises: Overloaded, and what
        a status other than 2xx means.
        """
        headers, data = self._packed(body)
        headers["Accept"] = "application/json"
        url = path + _query(parameters)
        try:
            response = self._open(method, url, headers, data, self._timeout(silence_s))
            try:
                yield _lines(response)
            finally:
                response.close()
                response.release_conn()
        except HTTPError as error:
            raise Overloaded(f"{self.address} cannot be reached: {_said(error)}") from error

    @contextmanager
    def as_nobody(self) -> Iterator[Connection]:
        """Yield a connection to the same server without our user and password."""
        there = Address(self.address.origin, self.address.path)
        nobody = Connection(there, ca_file=self._ca_file, patience=self._patience, runtime=self._runtime)
        try:
            yield nobody
        finally:
            nobody.close()

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        self._pool.clear()

    def _open(
        self, method: str, url: str, headers: Mapping[str, str], data: bytes | None, timeout: urllib3.Timeout
    ) -> urllib3.BaseHTTPResponse:
        for attempt in range(SIGN_INS):
            signed = self._session.headers(self._send_plain)
            response = self._send(method, url, {**headers, **signed}, data, timeout, is_whole=False)
            if 200 <= response.status < 300:
                return response
            answer = _whole(response)
            if not (answer.status == HTTPStatus.UNAUTHORIZED and self._session.renew(signed, attempt)):
                break
        raise error_of(answer)

    def _ask_signed_in(
        self, method: str, url: str, headers: Mapping[str, str], data: bytes | None, timeout: urllib3.Timeout
    ) -> Answer:
        for attempt in range(SIGN_INS):
            signed = self._session.headers(self._send_plain)
            answer = _whole(self._send(method, url, {**headers, **signed}, data, timeout))
            if not (answer.status == HTTPStatus.UNAUTHORIZED and self._session.renew(signed, attempt)):
                break
        self._session.learn(answer)
        return answer

    def _send_plain(self, method: str, path: str, headers: Mapping[str, str], data: bytes) -> Answer:
        return _whole(self._send(method, path, headers, data, self._timeout(None)))

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: bytes | None,
        timeout: urllib3.Timeout,
        *,
        is_whole: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        return self._pool.request(
            method,
            str(self.address) + url,
            headers={"Accept-Encoding": "gzip", **headers},
            body=data,
            timeout=timeout,
            retries=False,
            redirect=False,
            preload_content=is_whole,
        )

    def _packed(self, body: object) -> tuple[dict[str, str], bytes | None]:
        if body is None:
            return {}, None
        data = body if isinstance(body, bytes) else encode(body)
        headers = {"Content-Type": "application/json"}
        if self._compresses and len(data) >= COMPRESS_FROM_BYTES:
            headers["Content-Encoding"] = "gzip"
            data = gzip.compress(data, GZIP_LEVEL, mtime=0)
        return headers, data

    def _timeout(self, read_s: float | None) -> urllib3.Timeout:
        return urllib3.Timeout(
            connect=CONNECT_TIMEOUT_S, read=self._read_timeout_s if read_s is None else read_s
        )


def _query(parameters: Parameters | None) -> str:
    if not parameters:
        return ""
    return "?" + urlencode({name: _parameter(value) for name, value in parameters.items()})


def _parameter(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _whole(response: urllib3.BaseHTTPResponse) -> Answer:
    body = response.data
    response.release_conn()
    return Answer(response.status, response.headers, body)


def _lines(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """Yield each line without its end, empty ones (heartbeats) too; memory holds one line at a time."""
    left: list[bytes] = []
    while chunk := response.read1(1 << 16, decode_content=True):
        *whole, rest = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*left, line])
            left.clear()
        left.append(rest)
    if any(left):
        yield b"".join(left)


def _was_never_sent(error: HTTPError) -> bool:
    """Whether no connection came about, so that nothing can have happened."""
    cause: Any = getattr(error, "reason", error)
    return isinstance(cause, NewConnectionError) or isinstance(error, urllib3.exceptions.ConnectTimeoutError)


def _said(error: HTTPError) -> str:
    return str(error).partition(": ")[2] or type(error).__name__
