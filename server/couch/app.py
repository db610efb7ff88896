"""The bare server put together: the engine, its HTTP face, those who may sign in.

A WSGI application without a framework around it: half of a small request's time would be the framework's.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Request, Response

from server.couch.guard import CouchGuard
from server.couch.limits import CouchLimits
from server.couch.options import CouchOptions
from server.couch.page import prefers_html, welcome_page
from server.couch.sessions import CookieSessions
from server.couch.users import Users
from server.hub import HubOutcomes, HubWaiter, run_in_hub_pool
from server.services import RunBlocking
from server.store import EngineLimits, open_couch
from server.waiting import ThreadWaiter, run_here
from sync.http import make_face, respond
from sync.outcome import ThreadOutcome

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class CouchApp:
    """Answers every request below `/`; `couch` is the engine behind it."""

    def __init__(self, options: CouchOptions, *, on_hub: bool = True) -> None:
        new_outcome = HubOutcomes() if on_hub else ThreadOutcome
        self.couch = open_couch(options.data / "couch.sqlite", new_outcome, engine_limits(options.limits))
        waiter = HubWaiter() if on_hub else ThreadWaiter()
        self.couch.subscribe(waiter.notify)
        run_blocking: RunBlocking = run_in_hub_pool if on_hub else run_here
        users = Users(
            options.admins,
            options.members,
            secret=load_or_make_secret(options.data),
            max_wrong_passwords=options.limits.max_wrong_passwords,
        )
        self._sessions = CookieSessions(users)
        self._face = make_face(
            self.couch,
            CouchGuard(self.couch, users, run_here),
            run_blocking=run_blocking,
            run_quick=run_here,
            run_brief=run_here,
            waiter=waiter,
            limits=options.limits,
            sessions=self._sessions,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.answer(environ)(environ, start_response)

    def answer(self, environ: WSGIEnvironment) -> Response:
        """A page for people at `/`; everything else, and every other client, gets JSON."""
        request = Request(environ)
        if request.path == "/" and request.method in ("GET", "HEAD") and prefers_html(request):
            return welcome_page()
        return self._sessions.renew(request, respond(self._face, request, ""))


def create_couch_app(options: CouchOptions, *, on_hub: bool = True) -> CouchApp:
    """Return the application; `on_hub` is False where every request has a thread of its own."""
    return CouchApp(options, on_hub=on_hub)


def engine_limits(limits: CouchLimits) -> EngineLimits:
    """Return what the engine bounds.

    Where less than usual is wanted of a document's size the face sees to it: the quarantine of what it
    refuses lies in the same engine, and must hold it.
    """
    usual = EngineLimits()
    return EngineLimits(
        document_bytes=max(limits.max_document_bytes, usual.document_bytes),
        depth=max(limits.max_depth, usual.depth),
        leaves=limits.max_leaves,
        generation=limits.max_generation,
        waiting_writes=limits.max_waiting_writes,
    )


def load_or_make_secret(data: Path) -> bytes:
    """Return what signs cookies; several processes that start at once agree on one."""
    path, mine = data / "cookie-secret", data / f".cookie-secret-{secrets.token_hex(8)}"
    if not path.exists():
        with open(mine, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as made:
            made.write(secrets.token_bytes(32))
        # Linked when it is whole: whoever finds it there finds all of it, and only one is first.
        with suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_bytes()
