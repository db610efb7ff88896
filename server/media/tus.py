"""Resumable upload of files that entries name: tus 1.0 with creation, termination and expiration.

Only the HTTP of it; what may come and what it is worth is `intake`. The server never says that it
has some bytes already: who names a file sends all of it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from flask import Blueprint, Request, Response, jsonify, request
from flask.typing import ResponseReturnValue

from server.media import Media
from server.media.arrivals import FileRef
from server.media.uploads import Upload
from server.services import RunBlocking
from sync.errors import BadRequest, PreconditionFailed, SyncError, TooLarge, UnsupportedMediaType

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,termination,expiration"
BYTES_TYPE: Final = "application/offset+octet-stream"
_READ_BYTES: Final = 16 * 1024
_WRITE_BYTES: Final = 256 * 1024


def create_blueprint(
    media: Callable[[], Media], device_of: Callable[[Request], str], run_blocking: RunBlocking
) -> Blueprint:
    """Return the routes under `/sync/media/`.

    media: the process's Media. device_of: the device that the request's session belongs to; raises
    Unauthorized. run_blocking: runs a call away from whatever serves other requests meanwhile.
    """
    routes = Blueprint("media_upload", __name__, url_prefix="/sync/media")

    @routes.before_request
    def check_version() -> None:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise PreconditionFailed("this server speaks tus 1.0.0", error="unsupported_version")

    @routes.after_request
    def name_version(response: Response) -> Response:
        response.headers["Tus-Resumable"] = VERSION
        response.headers["Tus-Version"] = VERSION
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.errorhandler(SyncError)
    def say_error(error: SyncError) -> ResponseReturnValue:
        return jsonify(error=error.error, reason=error.reason), error.status

    @routes.route("/", methods=["OPTIONS"])
    def options() -> ResponseReturnValue:
        max_bytes = str(media().intake.limits.max_file_bytes)
        return "", 204, {"Tus-Extension": EXTENSIONS, "Tus-Max-Size": max_bytes}

    @routes.post("/")
    def create() -> ResponseReturnValue:
        device = device_of(request)
        ref, size_bytes = _file_ref(device), _number("Upload-Length")
        upload = run_blocking(lambda: media().intake.begin(ref, size_bytes))
        headers = {"Location": f"/sync/media/{upload.id}", **_expiry(media(), upload)}
        if request.mimetype == BYTES_TYPE:
            headers["Upload-Offset"] = str(_receive(media(), upload, 0, run_blocking))
        return "", 201, headers

    @routes.route("/<upload_id>", methods=["HEAD"])
    def head(upload_id: str) -> ResponseReturnValue:
        device = device_of(request)
        upload = run_blocking(lambda: media().uploads.find(upload_id, device))
        offset = run_blocking(lambda: media().intake.finish_if_complete(upload))
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(upload.size_bytes)}
        return "", 200, headers | _expiry(media(), upload)

    @routes.patch("/<upload_id>")
    def patch(upload_id: str) -> ResponseReturnValue:
        device = device_of(request)
        if request.mimetype != BYTES_TYPE:
            raise UnsupportedMediaType(f"the content type is {BYTES_TYPE}")
        upload = run_blocking(lambda: media().uploads.find(upload_id, device))
        offset = _receive(media(), upload, _number("Upload-Offset"), run_blocking)
        return "", 204, {"Upload-Offset": str(offset), **_expiry(media(), upload)}

    @routes.delete("/<upload_id>")
    def terminate(upload_id: str) -> ResponseReturnValue:
        device = device_of(request)
        upload = run_blocking(lambda: media().uploads.find(upload_id, device))
        run_blocking(lambda: media().uploads.remove(upload))
        return "", 204

    return routes


def _receive(media: Media, upload: Upload, offset: int, run_blocking: RunBlocking) -> int:
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
            room_bytes -= len(piece)
            if room_bytes < 0:
                raise TooLarge("more bytes than the upload announced", error="too_large")
            gathered += piece
            if len(gathered) >= _WRITE_BYTES:
                write()
    finally:
        write()
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
