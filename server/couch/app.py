"""The bare server put together: the engine, its HTTP face, those who may sign in."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from server.couch.guard import CouchGuard
from server.couch.options import CouchOptions
from server.couch.page import prefers_html, welcome_page
from server.couch.sessions import CookieSessions
from server.couch.users import Users
from server.hub import HubWaiter, run_in_hub_pool
from server.services import RunBlocking
from server.store import open_couch
from server.waiting import ThreadWaiter, run_here
from sync.http import create_blueprint


def create_couch_app(options: CouchOptions, *, on_hub: bool = True) -> Flask:
    """Return the application; `on_hub` is False where every request has a thread of its own."""
    app = Flask("couch", static_folder=None)
    couch = open_couch(options.data / "couch.sqlite")
    waiter = HubWaiter() if on_hub else ThreadWaiter()
    couch.subscribe(waiter.notify)
    run_blocking: RunBlocking = run_in_hub_pool if on_hub else run_here
    users = Users(options.admins, options.members, secret=load_or_make_secret(options.data))
    sessions = CookieSessions(users)
    app.register_blueprint(
        create_blueprint(
            couch,
            CouchGuard(couch, users, run_here),
            run_blocking=run_blocking,
            run_quick=run_here,
            waiter=waiter,
            limits=options.limits,
            sessions=sessions,
        ),
        url_prefix="",
    )
    app.extensions["couch"] = couch
    app.before_request(_show_page)

    @app.after_request
    def renew(response: Response) -> Response:
        return sessions.renew(request, response)

    return app


def load_or_make_secret(data: Path) -> bytes:
    """Return what signs cookies; several processes that start at once agree on one."""
    path = data / "cookie-secret"
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as made:
            made.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def _show_page() -> ResponseReturnValue | None:
    """A page for people at `/`; everything else, and every other client, gets JSON."""
    if request.path == "/" and request.method in ("GET", "HEAD") and prefers_html(request):
        return welcome_page()
    return None
