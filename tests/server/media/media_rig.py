"""What the media tests speak with: a phone that knows tus, entries that promise files, photos."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Request
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from server.media.access import is_in_a_view
from sync.errors import Unauthorized
from sync.peer import Server

DEVICE = "d01hyyyyyyyyyyyyyyyyyyyyyyy"
OTHER_DEVICE = "d01hzzzzzzzzzzzzzzzzzzzzzzz"
RECORD = "lead:01hxxxxxxxxxxxxxxxxxxxxxxx"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        self.now += timedelta(**step)


class HeaderAccess:
    """The test's own sign-in: a header names the device, another the console role."""

    def __init__(self, couch: Server) -> None:
        self.couch = couch
        self.originals_opened: list[tuple[str, int]] = []
        self.revoked: set[str] = set()

    def device(self, request: Request) -> str:
        if "Device" not in request.headers:
            raise Unauthorized("sign in")
        if request.headers["Device"] in self.revoked:
            raise Unauthorized("revoked")
        return request.headers["Device"]

    def may_see_copy(self, request: Request, record_id: str, number: int) -> bool:
        feeds = [self.couch.open("member-a")] if self.device(request) == DEVICE else []
        return is_in_a_view(feeds, record_id, number)

    def may_open_original(self, request: Request, record_id: str, number: int) -> bool:
        if request.headers.get("Role") != "prosecutor":
            return False
        self.originals_opened.append((record_id, number))
        return True


class Phone:
    """Speaks tus to the app, as one device."""

    def __init__(self, client: FlaskClient, device: str = DEVICE) -> None:
        self.client = client
        self.headers = {"Tus-Resumable": "1.0.0", "Device": device}

    def create(self, size: int, entry: int = 1, number: int = 1) -> TestResponse:
        metadata = ",".join(f"{k} {_base64(str(v))}" for k, v in {"entry": entry, "number": number}.items())
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        return self.client.post("/sync/media/", headers=self.headers | headers)

    def patch(self, url: str, offset: int, data: bytes, **headers: str) -> TestResponse:
        names = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        return self.client.patch(url, data=data, headers=self.headers | names | headers)

    def head(self, url: str) -> TestResponse:
        return self.client.head(url, headers=self.headers)

    def offset(self, url: str) -> int:
        return int(self.head(url).headers["Upload-Offset"])

    def upload(self, data: bytes, entry: int = 1, number: int = 1) -> str:
        url = self.create(len(data), entry, number).headers["Location"]
        assert self.patch(url, 0, data).status_code == 204
        return url


class Drip(io.BytesIO):
    """A body that calls back once, when so many of its bytes have come."""

    def __init__(self, data: bytes, at: int, then: Callable[[], None]) -> None:
        super().__init__(data)
        self._at, self._then = at, then

    def readinto(self, buffer: Any, /) -> int:
        before = self.tell()
        count = super().readinto(memoryview(buffer)[:1000])
        if before < self._at <= self.tell():
            self._then()
        return count


def promise(couch: Server, *files: bytes | dict[str, Any], entry: int = 1, device: str = DEVICE) -> None:
    """Put an entry into `logs` that names these files, as the door would."""
    media = [promised(file) if isinstance(file, bytes) else file for file in files]
    document = {
        "_id": f"{device}:{entry:010}",
        "entry": {"entry": entry, "body": {"media": media}},
        "parts": {},
    }
    assert couch.open("logs").bulk_docs([document])[0].is_ok


def promised(data: bytes, media_type: str = "image/jpeg", **other: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    return {"sha256": sha256, "size": len(data), "type": media_type, **other}


def arrival(couch: Server, entry: int = 1, number: int = 1) -> dict[str, Any]:
    return couch.open("logs").get(f"media:{DEVICE}:{entry:010}:{number}")


def accept(couch: Server, feed: str | None, number: int = 1) -> None:
    """Put the record with its arrived file into central, and a view of it into a feed."""
    came = arrival(couch, number=number)
    file = {"number": number, **{k: came[k] for k in ("state", "sha256", "size", "type")}}
    couch.open("central").bulk_docs([{"_id": RECORD, "media": [file]}])
    if feed is not None:
        view = {"_id": RECORD, "media": [{"number": number, "state": came["state"]}]}
        couch.open(feed).bulk_docs([view])


def photo(width: int = 640, height: int = 480, format: str = "JPEG", **save: Any) -> bytes:
    image = Image.effect_noise((width // 4, height // 4), 40).resize((width, height)).convert("RGB")
    stream = io.BytesIO()
    image.save(stream, format, **save)
    return stream.getvalue()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
