"""The built client's files under /static/, by the hashed names that the build's manifest gives."""

from __future__ import annotations

import json
import mimetypes
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory
from flask.typing import ResponseReturnValue

FOREVER_S = 365 * 24 * 3600


class ClientNotBuilt(RuntimeError):
    """The phone client is not there; `make setup` builds it."""


def register_assets(app: Flask, folder: Path) -> None:
    """Serve the folder, and give templates `asset_url(name)`."""
    routes = Blueprint("assets", __name__, url_prefix="/static")

    @routes.get("/<path:name>")
    def asset(name: str) -> ResponseReturnValue:
        response = send_packed(folder, name)
        response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable"
        return response

    app.register_blueprint(routes)
    app.add_template_global(lambda name: asset_url(folder, name), "asset_url")


def send_packed(folder: Path, name: str) -> Response:
    """Send a built file as the build packed it where the browser takes gzip, and plain otherwise.

    Raises: NotFound.
    """
    is_packed = request.accept_encodings.quality("gzip") > 0 and (folder / f"{name}.gz").is_file()
    if not is_packed:
        response = send_from_directory(folder, name)
    else:
        kind, _ = mimetypes.guess_type(name)
        response = send_from_directory(folder, f"{name}.gz", mimetype=kind)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def asset_url(folder: Path, name: str) -> str:
    """Return the address of a built file by its plain name, such as `console.js`."""
    return f"/static/{asset_names(folder)[name]}"


@cache
def asset_names(folder: Path) -> dict[str, str]:
    """Raises: ClientNotBuilt."""
    try:
        return dict(json.loads((folder / "manifest.json").read_text("utf-8")))
    except OSError as error:
        raise ClientNotBuilt(f"{folder} holds no built client; run `make setup`") from error
