"""The page that leads a phone to trust us, without TLS on a port of its own: nothing else is there.

Before a phone trusts us, HTTPS shows it a warning; nobody should learn to tap such a warning away.
What protects the phone is the fingerprint, which the person compares with the server's screen.
"""

from __future__ import annotations

import dataclasses

from flask import Flask, redirect, send_from_directory
from flask.typing import ResponseReturnValue
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from server.assets import asset_names
from server.errors import register_errors
from server.gateway.security import register_security
from server.settings import Settings
from server.trust import create_blueprint

MOST_AT_ONCE = 50


def create_trust_app(settings: Settings) -> Flask:
    """Return the page, its style sheet and the certificate, and nothing more."""
    app = Flask("server", static_folder=None)
    register_errors(app)
    register_security(app, dataclasses.replace(settings, tls=False, public_url=settings.trust_url))
    app.register_blueprint(create_blueprint(settings))
    app.add_template_global(lambda _name: "/trust.css", "asset_url")

    @app.get("/")
    def start() -> ResponseReturnValue:
        return redirect("/trust/")

    @app.get("/trust.css")
    def style() -> ResponseReturnValue:
        names = asset_names(settings.client)
        return send_from_directory(settings.client, names["phone.css"])

    return app


def start_trust_server(settings: Settings) -> None:
    """Begin to serve the page on the hub of this process."""
    server = WSGIServer(
        (settings.host, settings.trust_page_port),
        create_trust_app(settings),
        log=None,
        error_log=None,
        spawn=Pool(MOST_AT_ONCE),
    )
    server.start()
