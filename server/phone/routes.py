"""The routes under /app and the worker at /sw.js, answered from the folder of the built client."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, redirect
from flask.typing import ResponseReturnValue

from server.assets import FOREVER_S, ClientNotBuilt, send_packed
from server.services import current

HASHED_NAME: Final = re.compile(r"[\w.]+(-[\w.]+)*-[0-9A-Za-z]{8,10}\.(js|css|png|json|wasm)")
SCANNER: Final = "scan-worker-"
"""The one script that may run WebAssembly, and nothing else that a policy could forbid. Spec: ATTACKS 4."""
SCANNER_CSP: Final = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
WORKER_OFF: Final = "worker-off"
"""A file of this name in the data folder is the kill switch: phones drop their worker and do without."""


def create_blueprint() -> Blueprint:
    """Return the phone's routes."""
    routes = Blueprint("phone", __name__)
    routes.add_url_rule("/app", view_func=_start, endpoint="start")
    routes.add_url_rule("/app/", view_func=_shell, endpoint="home", methods=["GET", "POST"])
    routes.add_url_rule("/app/<path:_screen>", view_func=_shell, endpoint="shell", methods=["GET", "POST"])
    routes.add_url_rule("/app/assets/<name>", view_func=_asset, endpoint="asset")
    routes.add_url_rule("/app/manifest.webmanifest", view_func=_manifest, endpoint="manifest")
    routes.add_url_rule("/sw.js", view_func=_worker, endpoint="worker")
    return routes


def _start() -> ResponseReturnValue:
    return redirect("/app/", 308)


def _shell(_screen: str = "") -> ResponseReturnValue:
    """Answer any screen with the shell; the phone then makes the screen itself.

    Also for a POST: it gets here only when the phone's worker has just gone, and is not read.
    """
    html = _built("shell.html").read_text("utf-8")
    if _is_worker_off():
        html = html.replace('<main id="shell">', '<main id="shell" data-worker-off="yes">')
    return _uncached(Response(html, mimetype="text/html"))


def _asset(name: str) -> ResponseReturnValue:
    if not HASHED_NAME.fullmatch(name):
        abort(404)
    response = send_packed(current().settings.client, name)
    response.headers["Cache-Control"] = f"public, max-age={FOREVER_S}, immutable"
    if name.startswith(SCANNER):
        response.headers["Content-Security-Policy"] = SCANNER_CSP
    return response


def _manifest() -> ResponseReturnValue:
    body = _built("manifest.webmanifest").read_bytes()
    return _uncached(Response(body, mimetype="application/manifest+json"))


def _worker() -> ResponseReturnValue:
    name = "sw-off.js" if _is_worker_off() else "sw.js"
    _built(name)
    return _uncached(send_packed(current().settings.client, name))


def _is_worker_off() -> bool:
    return (current().settings.data / WORKER_OFF).exists()


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    return response


def _built(name: str) -> Path:
    path = current().settings.client / name
    if not path.exists():
        raise ClientNotBuilt(f"{path.parent} holds no built client; run `make setup`")
    return path
