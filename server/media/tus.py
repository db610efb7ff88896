"""Resumable upload of files that entries name: tus 1.0 with creation, termination and expiration.

Only the HTTP of it; what may come and what it is worth is `intake`. The server never says that it
has some bytes already: who names a file sends all of it.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from flask import Blueprint, Request, Response, g, request
from flask.typing import ResponseReturnValue

from server.gateway.errors import answer_errors
from server.media import Media
from server.media.arrivals import FileRef
from server.media.turns import a_turn
from server.media.uploads import Upload
from server.services import RunBlocking
from sync.errors import BadRequest, PreconditionFailed, TooLarge, UnsupportedMediaType

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,termination,expiration"
BYTES_TYPE: Final = "application/offset+octet-stream"
_READ_BYTES: Final = 16 * 1024
_WRITE_BYTES: Final = 128 * 1024
_RECHECK_S: Final = 2.0
"""While bytes come, the device is looked at again so often: it may be revoked meanwhile (ATTACKS 7.3)."""


def create_blueprint(
    media: Callable[[], Media], device_of: Callable[[Request], str], run_blocking: RunBlocking
) -> Blueprint:
    """Return the routes under `/sync/media/`.

    media: the process's Media. device_of: the device that the request's session belongs to; raises
    Unauthorized. run_blocking: runs a call away from whatever serves other requests meanwhile.
    """
    blueprint = Blueprint("media_upload", __name__, url_prefix="/sync/media")
    views = _Views(media, device_of, run_blocking)
    blueprint.before_request(views.admit)
    blueprint.after_request(_name_version)
    answer_errors(blueprint)
    blueprint.add_url_rule("/", "options", views.options, methods=["OPTIONS"])
    blueprint.add_url_rule("/", "create", views.create, methods=["POST"])
    blueprint.add_url_rule("/<upload_id>", "head", views.head, methods=["HEAD"])
    blueprint.add_url_rule("/<upload_id>", "patch", views.patch, methods=["PATCH"])
    blueprint.add_url_rule("/<upload_id>", "terminate", views.terminate, methods=["DELETE"])
    return blueprint


class _Views:
    """One method a request of the protocol."""

    def __init__(
        self, media: Callable[[], Media], device_of: Callable[[Request], str], run_blocking: RunBlocking
    ) -> None:
        self._open_media = media
        self._device_of = device_of
        self._run_blocking = run_blocking

    @property
    def _media(self) -> Media:
        return self._open_media()

    def admit(self) -> None:
        """Who asks comes first: a revoked device learns nothing else, not even our version."""
        if request.method != "OPTIONS":
            g.device = self._device_of(request)
            _check_version()

    def options(self) -> ResponseReturnValue:
        max_bytes = str(self._media.intake.limits.max_file_bytes)
        return "", 204, {"Tus-Extension": EXTENSIONS, "Tus-Max-Size": max_bytes}

    def create(self) -> ResponseReturnValue:
        media, ref, size_bytes = self._media, _file_ref(g.device), _number("Upload-Length")
        upload = self._run_blocking(lambda: media.intake.begin(ref, size_bytes))
        headers = {"Location": f"/sync/media/{upload.id}", **_expiry(media, upload)}
        if request.mimetype == BYTES_TYPE:
            headers["Upload-Offset"] = str(self._receive(upload, 0))
        return "", 201, headers

    def head(self, upload_id: str) -> ResponseReturnValue:
        media, upload = self._media, self._find(upload_id)
        offset = _finish_if_complete(media, upload, self._run_blocking)
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(upload.size_bytes)}
        return "", 200, headers | _expiry(media, upload)

    def patch(self, upload_id: str) -> ResponseReturnValue:
        upload = self._find(upload_id)
        if request.mimetype != BYTES_TYPE:
            raise UnsupportedMediaType(f"the content type is {BYTES_TYPE}")
        offset = self._receive(upload, _number("Upload-Offset"))
        return "", 204, {"Upload-Offset": str(offset), **_expiry(self._media, upload)}

    def terminate(self, upload_id: str) -> ResponseReturnValue:
        media, upload = self._media, self._find(upload_id)
        self._run_blocking(lambda: media.uploads.remove(upload))
        return "", 204

    def _find(self, upload_id: str) -> Upload:
        media, device = self._media, g.device
        return self._run_blocking(lambda: media.uploads.find(upload_id, device))

    def _receive(self, upload: Upload, offset: int) -> int:
        """Append the body as it comes; return the durable offset. Raises: Unauthorized when revoked."""
        looked_at_s = time.monotonic()

        def look_again() -> None:
            nonlocal looked_at_s
            if time.monotonic() - looked_at_s >= _RECHECK_S:
                looked_at_s = time.monotonic()
                self._device_of(request)

        return _receive(self._media, upload, offset, self._run_blocking, look_again)


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise PreconditionFailed("this server speaks tus 1.0.0", error="unsupported_version")


def _name_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Tus-Version"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


def _receive(
    media: Media, upload: Upload, offset: int, run_blocking: RunBlocking, look_again: Callable[[], None]
) -> int:
    """Append the body as it comes, so that a cut keeps what came; return the durable offset."""
    room_bytes = upload.size_bytes - offset
    request.max_content_length = upload.size_bytes + 1  # in place of the app's limit, meant for JSON
    if request.content_length is not None and request.content_length > room_bytes:
        raise TooLarge("more bytes than the upload announced", error="too_large")
    # Asked even when no byte comes: a wrong offset is refused before the body is read.
    run_blocking(lambda: media.uploads.append(upload, offset, b""))
    gathered = bytearray()

    def write() -> None:
        nonlocal offset
        data = bytes(gathered)
        gathered.clear()
        if data:
            offset = run_blocking(lambda: media.uploads.append(upload, offset, data))

    try:
        while piece := request.stream.read(_READ_BYTES):
            look_again()
            room_bytes -= len(piece)
            if room_bytes < 0:
                raise TooLarge("more bytes than the upload announced", error="too_large")
            gathered += piece
            if len(gathered) >= _WRITE_BYTES:
                write()
    finally:
        write()
    return _finish_if_complete(media, upload, run_blocking)


def _finish_if_complete(media: Media, upload: Upload, run_blocking: RunBlocking) -> int:
    """Return the durable offset, after judging an upload that is complete."""
    offset = run_blocking(lambda: media.uploads.offset(upload))
    if offset < upload.size_bytes or upload.is_finished:
        return offset
    with a_turn():
        return run_blocking(lambda: media.intake.finish_if_complete(upload))


def _file_ref(device: str) -> FileRef:
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    try:
        return FileRef(device, _positive(metadata["entry"]), _positive(metadata["number"]))
    except (KeyError, ValueError):
        raise BadRequest("Upload-Metadata names entry and number, both from 1") from None


def _metadata(header: str) -> dict[str, str]:
    found = {}
    try:
        for pair in filter(None, header.split(",")):
            name, _, value = pair.strip().partition(" ")
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise BadRequest("Upload-Metadata cannot be read") from None
    return found


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else 0
    if number < 1:
        raise ValueError
    return number


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise BadRequest(f"{header} is a whole number of bytes")
    return int(text)


def _expiry(media: Media, upload: Upload) -> dict[str, str]:
    created = datetime.fromtimestamp(upload.created_s, UTC)
    return {
        "Upload-Expires": format_datetime(created + media.intake.limits.upload_expires_after, usegmt=True)
    }
