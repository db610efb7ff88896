"""Send one probe and return the answer in the form that is recorded and compared."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.recorded.probe import body_bytes

_HEADERS_THAT_MATTER = ("content-type", "etag", "location", "allow", "set-cookie")
_REV_ETAG = re.compile(r'"\d+-.*"')


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens, and who its administrator is."""

    host: str
    port: int
    user: str
    password: str

    @classmethod
    def of_url(cls, url: str) -> Place:
        parts = urlsplit(url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "127.0.0.1", parts.port or 5984, user, password)


def exchange(place: Place, request: dict[str, Any], query: str = "") -> dict[str, Any]:
    """Return `status`, `headers` and the body as `json`, `lines`, `parts` or `text`."""
    connection = http.client.HTTPConnection(place.host, place.port, timeout=20)
    body = body_bytes(request)
    if body is not None and b"{password}" in body:
        body = body.replace(b"{user}", place.user.encode()).replace(b"{password}", place.password.encode())
    try:
        # A server may answer, and close, before it has read a body that is too large.
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):
            connection.request(request["method"], request["path"] + query, body, _headers(place, request))
        response = connection.getresponse()
        data = _read(response, connection, request.get("read_s"))
        return _answer(response, b"" if request.get("ignore_body") else data)
    finally:
        connection.close()


def _headers(place: Place, request: dict[str, Any]) -> dict[str, str]:
    headers = dict(request.get("headers", {}))
    if "json" in request:
        headers.setdefault("Content-Type", "application/json")
    if request.get("gzip"):
        headers.setdefault("Content-Encoding", "gzip")
    who = request.get("as", "admin")
    if who == "admin":
        headers["Authorization"] = _basic(f"{place.user}:{place.password}")
    elif who != "nobody":
        headers["Authorization"] = _basic(who)
    return headers


def _basic(user_and_password: str) -> str:
    return "Basic " + base64.b64encode(user_and_password.encode()).decode()


def _read(
    response: http.client.HTTPResponse, connection: http.client.HTTPConnection, read_s: float | None
) -> bytes:
    """Read all, or of a feed that never ends what comes within `read_s`."""
    if read_s is None:
        return response.read()
    data, end_s = b"", time.monotonic() + read_s
    while (left_s := end_s - time.monotonic()) > 0:
        if connection.sock is not None:
            connection.sock.settimeout(left_s)
        try:
            piece = response.read1(65_536)
        except TimeoutError:
            break
        if not piece:
            break
        data += piece
    return data


def _answer(response: http.client.HTTPResponse, data: bytes) -> dict[str, Any]:
    headers = {name.lower(): text for name, text in response.getheaders()}
    shown = {name: _shown(name, headers[name]) for name in _HEADERS_THAT_MATTER if name in headers}
    # Other tags than revisions are hashes of the make of a server: that there is none is all that is left.
    if not _REV_ETAG.fullmatch(shown.get("etag", "")):
        shown.pop("etag", None)
    answer: dict[str, Any] = {"status": response.status, "headers": shown}
    return answer | _body(headers.get("content-type", ""), data)


def _shown(name: str, text: str) -> str:
    if name == "location":
        return urlsplit(text).path
    if name == "allow":
        return ",".join(sorted(each.strip() for each in text.split(",")))
    if name == "set-cookie":
        return re.sub(r"=[^;]+", "=…", text.split(";")[0]) + ("; HttpOnly" if "HttpOnly" in text else "")
    return re.sub(r"boundary=\"?[-0-9a-zA-Z]+\"?", "boundary=…", text)


def _body(content_type: str, data: bytes) -> dict[str, Any]:
    if not data.strip():
        return {}
    if content_type.startswith("multipart/"):
        return {"parts": _parts(data)}
    text = data.decode("utf-8", "replace")
    if content_type.startswith("text/event-stream"):
        return {"lines": [_line(line) for line in text.split("\n") if line]}
    try:
        return {"json": json.loads(text)}
    except ValueError:
        pass
    try:
        return {"lines": [json.loads(line) for line in text.split("\n") if line]}
    except ValueError:
        return {"text": text}


def _line(line: str) -> Any:
    """A line of an event stream; what it holds in JSON as a value, for members have no order."""
    name, _, value = line.partition(": ")
    return {name: json.loads(value)} if value[:1] in ("{", '"') else line


def _parts(data: bytes) -> list[dict[str, Any]]:
    """Split at the boundary that the body itself begins with."""
    boundary = data.lstrip().split(b"\r\n", 1)[0]
    parts = []
    for part in data.split(boundary)[1:-1]:
        head, _, body = part.strip(b"\r\n").partition(b"\r\n\r\n")
        content_type = re.sub(r"boundary=\S+", "boundary=…", head.decode("utf-8", "replace").lower())
        parts.append({"head": sorted(content_type.split("\r\n")), **_body("", body)})
    return parts
