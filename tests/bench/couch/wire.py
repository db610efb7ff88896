"""A client that costs little: prepared bytes out, a whole answer in, over one kept connection.

What a benchmark's client does in Python must not be what is measured.
"""

from __future__ import annotations

import base64
import socket
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import orjson

READ_BYTES = 1 << 18
ASK_S = 120.0


class Refused(Exception):
    """An answer that is no success; the figure would be of refusals."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server: where it is, and who asks."""

    host: str
    port: int
    user: str
    password: str

    @property
    def url(self) -> str:
        who = f"{quote(self.user)}:{quote(self.password)}@" if self.user else ""
        return f"http://{who}{self.host}:{self.port}"

    @classmethod
    def of(cls, url: str) -> Place:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        return cls(parts.hostname, parts.port, unquote(parts.username or ""), unquote(parts.password or ""))


class Wire:
    """One kept connection, signed in by cookie where the server has sessions, else by each request."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._socket = socket.create_connection((place.host, place.port), timeout=ASK_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""
        self._who = b""
        if place.user:
            self._sign_in()

    def request(self, method: str, path: str, body: object = None) -> bytes:
        """Return a request as it goes over the wire; prepare it before the clock runs."""
        raw = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        head = [f"{method} {path} HTTP/1.1", f"Host: {self._place.host}:{self._place.port}"]
        head += ["Accept: application/json", f"Content-Length: {len(raw)}"]
        if raw or method == "POST":
            head.append("Content-Type: application/json")
        return "\r\n".join(head).encode() + b"\r\n" + self._who + b"\r\n" + raw

    def ask(self, request: bytes) -> bytes:
        """Send it and return the answer's body. Raises: Refused for a status of 400 and more."""
        self._socket.sendall(request)
        status, head = self._read_head()
        body = self._read_body(head)
        if status >= 400:
            raise Refused(f"{status} {body[:200]!r} to {request[:80]!r}")
        return body

    def json(self, method: str, path: str, body: object = None) -> object:
        return orjson.loads(self.ask(self.request(method, path, body)))

    def close(self) -> None:
        self._socket.close()

    def _sign_in(self) -> None:
        try:
            self._socket.sendall(
                self.request(
                    "POST", "/_session", {"name": self._place.user, "password": self._place.password}
                )
            )
            status, head = self._read_head()
            self._read_body(head)
            cookie = _header(head, b"set-cookie")
            if status == 200 and cookie:
                self._who = b"Cookie: " + cookie.split(b";")[0] + b"\r\n"
                return
        except ValueError:
            pass
        pair = base64.b64encode(f"{self._place.user}:{self._place.password}".encode())
        self._who = b"Authorization: Basic " + pair + b"\r\n"

    def _read_head(self) -> tuple[int, bytes]:
        while (end := self._rest.find(b"\r\n\r\n")) < 0:
            self._more()
        head, self._rest = self._rest[: end + 2], self._rest[end + 4 :]
        return int(head[9:12]), head

    def _read_body(self, head: bytes) -> bytes:
        if (length := _header(head, b"content-length")) is not None:
            return self._take(int(length))
        if _header(head, b"transfer-encoding") is None:
            return b""
        parts = []
        while size := int(self._line(), 16):
            parts.append(self._take(size))
            self._take(2)
        self._line()
        return b"".join(parts)

    def _line(self) -> bytes:
        while (end := self._rest.find(b"\r\n")) < 0:
            self._more()
        line, self._rest = self._rest[:end], self._rest[end + 2 :]
        return line

    def _take(self, size: int) -> bytes:
        if len(self._rest) < size:
            parts, have = [self._rest], len(self._rest)
            while have < size:
                parts.append(self._receive())
                have += len(parts[-1])
            self._rest = b"".join(parts)
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def _more(self) -> None:
        self._rest += self._receive()

    def _receive(self) -> bytes:
        chunk = self._socket.recv(READ_BYTES)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        return chunk


def _header(head: bytes, name: bytes) -> bytes | None:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return None
    return head[start + len(name) + 3 : head.index(b"\r\n", start + 2)].strip()
