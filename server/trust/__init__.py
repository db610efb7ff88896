"""How a phone comes to trust this machine: the local authority's certificate, and what to tap."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from server.messages import text
from server.settings import Settings
from server.tls import authority_fingerprint, authority_path


def create_blueprint(settings: Settings) -> Blueprint:
    """Return the page and the certificate; 404 where no TLS of our own is served."""
    routes = Blueprint("trust", __name__, url_prefix="/trust", template_folder="templates")

    @routes.before_request
    def only_with_an_authority() -> None:
        if not settings.tls or not authority_path(settings).exists():
            abort(404)

    @routes.get("/", strict_slashes=False)
    def page() -> ResponseReturnValue:
        fingerprint = authority_fingerprint(settings)
        return render_template("trust/page.html", fingerprint=fingerprint, text=text, url=settings.url)

    @routes.get("/authority.crt")
    def authority() -> ResponseReturnValue:
        return Response(authority_path(settings).read_bytes(), mimetype="application/x-x509-ca-cert")

    return routes
