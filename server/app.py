"""The application put together; the only place that chooses a backend."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, redirect
from flask.typing import ResponseReturnValue

from server.assets import register_assets
from server.console.register import register_console
from server.errors import register_errors
from server.gateway.desk import Desk
from server.gateway.journal import Journal
from server.gateway.register import register_gateway
from server.hub import HubWaiter, run_in_hub_pool
from server.identity.accounts import Accounts
from server.identity.audit import Audit
from server.identity.console_sessions import ConsoleSessions
from server.identity.crypto import KeyRing, ServerKey
from server.identity.device_sessions import DeviceSessions
from server.identity.directory import Directory
from server.identity.enrolment import Enrolment
from server.media import open_media
from server.media.intake import MediaLimits
from server.phone import create_blueprint as phone_blueprint
from server.readmodel import ReadModel
from server.services import EXTENSION, RunBlocking, Services
from server.settings import Settings
from server.trust import create_blueprint as trust_blueprint
from server.waiting import ThreadWaiter, Waiter, run_here
from sync.peer import Server
from sync.sqlite import open_server


def create_app(settings: Settings, *, on_hub: bool = True) -> Flask:
    """Return the whole web application; `on_hub` is False where every request has a thread of its own."""
    app = Flask("server", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_bytes * 2
    run_blocking: RunBlocking = run_in_hub_pool if on_hub else run_here
    services = open_services(
        settings, run_blocking=run_blocking, waiter=HubWaiter() if on_hub else ThreadWaiter()
    )
    app.extensions[EXTENSION] = services
    register_errors(app)
    register_assets(app, settings.client)
    register_gateway(app, services)
    register_console(app)
    app.register_blueprint(phone_blueprint())
    app.register_blueprint(trust_blueprint())
    app.add_url_rule("/", "start", _start)
    return app


def open_couch(path: Path) -> Server:
    """Return the store of all databases: the embedded engine on this file."""
    return open_server(path)


def open_services(
    settings: Settings,
    *,
    is_worker: bool = False,
    run_blocking: RunBlocking = run_here,
    waiter: Waiter | None = None,
) -> Services:
    """Open everything that the parts share; only the worker may write the read model."""
    settings.data.mkdir(parents=True, exist_ok=True)
    couch = open_couch(settings.data / "couch.sqlite")
    waiter = waiter or ThreadWaiter()
    key_ring = _key_ring(settings)
    server_key = ServerKey.load_or_make(settings.data / "keys" / "server.pem")
    directory = Directory(Accounts(couch), key_ring, server_key)
    readmodel = ReadModel(settings.data / "readmodel.sqlite", is_writer=is_worker)
    couch.subscribe(waiter.notify)
    readmodel.subscribe(waiter.notify)
    return Services(
        settings=settings,
        couch=couch,
        key_ring=key_ring,
        server_key=server_key,
        directory=directory,
        console_sessions=ConsoleSessions(
            directory, run_blocking, idle_min=settings.console_idle_min, longest_h=settings.console_session_h
        ),
        device_sessions=DeviceSessions(directory, session_days=settings.device_session_days),
        enrolment=Enrolment(directory, valid_min=settings.enrolment_code_min),
        audit=Audit(couch),
        desk=Desk(
            couch,
            server_key,
            Journal(settings.journal_folder),
            has_folded=readmodel.has_folded,
            time_zone=settings.time_zone,
        ),
        readmodel=readmodel,
        media=open_media(settings.media_folder, couch, limits=_media_limits(settings)),
        waiter=waiter,
        run_blocking=run_blocking,
    )


def _key_ring(settings: Settings) -> KeyRing:
    if settings.secret_key:
        return KeyRing(bytes.fromhex(settings.secret_key))
    return KeyRing.load_or_make(settings.data / "keys" / "secret.hex")


def _media_limits(settings: Settings) -> MediaLimits:
    return MediaLimits(
        max_file_bytes=settings.photo_limit_bytes, max_pixels=settings.photo_limit_megapixels * 1_000_000
    )


def _start() -> ResponseReturnValue:
    return redirect("/console/")
