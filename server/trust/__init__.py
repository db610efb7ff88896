"""How a phone comes to trust this machine: the local authority's certificate, and what to tap."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from server.messages import text
from server.services import current
from server.tls import authority_path


def create_blueprint() -> Blueprint:
    routes = Blueprint("trust", __name__, url_prefix="/trust", template_folder="templates")

    @routes.get("/")
    @routes.get("", strict_slashes=False)
    def page() -> ResponseReturnValue:
        fingerprint = hashlib.sha256(_authority()).hexdigest()[:16]
        return render_template(
            "trust/page.html", fingerprint=fingerprint, text=text, url=current().settings.url
        )

    @routes.get("/authority.crt")
    def authority() -> ResponseReturnValue:
        return Response(_authority(), mimetype="application/x-x509-ca-cert")

    return routes


def _authority() -> bytes:
    path = authority_path(current().settings)
    if not current().settings.tls or not path.exists():
        abort(404)
    return path.read_bytes()
