"""Mounts everything of the gateway on the application."""

from __future__ import annotations

from flask import Flask

from server.gateway import door, enrol, session, state
from server.gateway.crowding import register_crowding
from server.gateway.guard import DeviceGuard
from server.gateway.security import register_security
from server.services import Services
from sync.http import Limits
from sync.http import create_blueprint as couch_blueprint


def register_gateway(app: Flask, services: Services) -> None:
    """Security for all of the application, the routes of devices, and the feeds below `/db`."""
    register_security(app, services.settings)
    register_crowding(app)
    for part in (door, enrol, session, state):
        app.register_blueprint(part.create_blueprint())
    app.register_blueprint(
        couch_blueprint(
            services.couch,
            DeviceGuard(services),
            run_blocking=services.run_blocking,
            waiter=services.waiter,
            limits=Limits(max_body_bytes=services.settings.body_limit_bytes),
        ),
        url_prefix="/db",
    )
