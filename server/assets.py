"""The built client's files under /static/, by the hashed names that the build's manifest gives."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, send_from_directory
from flask.typing import ResponseReturnValue

FOREVER_S = 365 * 24 * 3600


class ClientNotBuilt(RuntimeError):
    """The phone client is not there; `make setup` builds it."""


def register_assets(app: Flask, folder: Path) -> None:
    """Serve the folder, and give templates `asset_url(name)`."""
    routes = Blueprint("assets", __name__, url_prefix="/static")

    @routes.get("/<path:name>")
    def asset(name: str) -> ResponseReturnValue:
        response = send_from_directory(folder, name)
        response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable"
        return response

    app.register_blueprint(routes)
    app.add_template_global(lambda name: asset_url(folder, name), "asset_url")


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
