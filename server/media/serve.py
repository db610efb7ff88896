"""Photos to look at: a copy without EXIF for whoever may see the record, the original for a few, logged.

Unknown, unverified and forbidden are one 404. What may be seen is decided by the `Access` handed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask import Blueprint, Request, Response, request, send_file
from flask.typing import ResponseReturnValue

from server.gateway.errors import answer_errors
from server.media import Media
from server.media.arrivals import State
from server.media.derivatives import Size
from server.media.images import UnusableImage
from server.media.turns import a_turn
from server.records.names import RECORD_ID_PATTERN
from server.services import RunBlocking
from sync.errors import DatabaseNotFound, DocumentNotFound, Forbidden, NotFound
from sync.http.answers import error_answer
from sync.peer import Peer

_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic"}
_CLIP_ENDINGS: Final = {"video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov"}


class Access(Protocol):
    """The server's answer to who asks; both raise Unauthorized when nobody is signed in."""

    def may_see_copy(self, request: Request, record_id: str, number: int) -> bool: ...

    def may_open_original(self, request: Request, record_id: str, number: int) -> bool:
        """A True has been written to the audit as a sensitive read."""


@dataclass(frozen=True, slots=True)
class Photo:
    sha256: str
    media_type: str


def create_blueprint(
    media: Callable[[], Media], central: Callable[[], Peer], access: Access, run_blocking: RunBlocking
) -> Blueprint:
    """Return the routes under `/media/`."""
    routes = Blueprint("media", __name__, url_prefix="/media")
    answer_errors(routes)

    @routes.before_request
    def refuse_as_script() -> None:
        if "Service-Worker" in request.headers:
            raise Forbidden("a photo is no script")

    @routes.errorhandler(UnusableImage)
    def say_missing(_error: UnusableImage) -> ResponseReturnValue:
        return error_answer(NotFound("missing"))

    @routes.after_request
    def harden(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/<record_id>/<int:number>")
    def copy(record_id: str, number: int) -> ResponseReturnValue:
        _check_record_id(record_id)
        if not access.may_see_copy(request, record_id, number):
            raise NotFound("missing")
        size = Size.THUMB if request.args.get("size") == "thumb" else Size.SCREEN
        photo = run_blocking(lambda: _photo(central(), record_id, number))
        if photo.media_type in _CLIP_ENDINGS:
            raise NotFound("missing")  # it has no copy without what it knows of its camera
        path = media().derivatives.made(photo.sha256, size)
        if path is None:
            with a_turn():
                path = run_blocking(lambda: media().derivatives.jpeg(photo.sha256, photo.media_type, size))
        response = send_file(path, "image/jpeg", etag=f"{photo.sha256[:32]}-{size}", conditional=True)
        response.headers["Cache-Control"] = "private, max-age=300"
        response.headers["Content-Disposition"] = f'inline; filename="photo-{number}.jpg"'
        return response

    @routes.get("/<record_id>/<int:number>/original")
    def original(record_id: str, number: int) -> ResponseReturnValue:
        _check_record_id(record_id)
        if not access.may_open_original(request, record_id, number):
            raise NotFound("missing")
        photo = run_blocking(lambda: _photo(central(), record_id, number))
        stream = run_blocking(lambda: media().store.open(photo.sha256))
        response = send_file(stream, photo.media_type)
        ending = (_ENDINGS | _CLIP_ENDINGS)[photo.media_type]
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Disposition"] = f'attachment; filename="{photo.sha256}.{ending}"'
        return response

    return routes


def _check_record_id(record_id: str) -> None:
    """Nothing but a record has photos: held and refused entries, and CouchDB's own names, are unknown."""
    if RECORD_ID_PATTERN.fullmatch(record_id) is None:
        raise NotFound("missing")


def _photo(central: Peer, record_id: str, number: int) -> Photo:
    """Return the verified file `number` of a record in central. Raises: NotFound."""
    try:
        files: Any = central.get(record_id).get("media", [])
    except (DocumentNotFound, DatabaseNotFound):
        raise NotFound("missing") from None
    for file in files:
        if file["number"] == number and file["state"] == State.VERIFIED:
            # The entry may name HEIC by its family; verified says that it is one of ours.
            return Photo(file["sha256"], "image/heic" if file["type"] == "image/heif" else file["type"])
    raise NotFound("missing")
