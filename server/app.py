"""The web application put together from its parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, redirect
from flask.typing import ResponseReturnValue

from server.assets import register_assets
from server.console.register import register_console
from server.errors import register_errors
from server.gateway.register import register_gateway
from server.hub import HubWaiter, NativeSockets, run_in_hub_pool
from server.identity.instants import now as utc_now
from server.media.register import register_media
from server.opening import open_services
from server.phone import create_blueprint as phone_blueprint
from server.services import EXTENSION, RunBlocking
from server.settings import Settings
from server.waiting import ThreadWaiter, run_here


def create_app(settings: Settings, *, on_hub: bool = True, now: Callable[[], datetime] = utc_now) -> Flask:
    """Return the whole web application; `on_hub` is False where every request has a thread of its own."""
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_bytes * 2
    run_blocking: RunBlocking = run_in_hub_pool if on_hub else run_here
    services = open_services(
        settings,
        run_blocking=run_blocking,
        waiter=HubWaiter() if on_hub else ThreadWaiter(),
        sockets=NativeSockets() if on_hub else None,
        now=now,
    )
    app.extensions[EXTENSION] = services
    register_errors(app)
    register_assets(app, settings.client)
    register_gateway(app, services)
    register_media(app, services)
    register_console(app)
    app.register_blueprint(phone_blueprint())
    app.add_url_rule("/", "start", _start)
    return app


def _start() -> ResponseReturnValue:
    return redirect("/console/")
