"""The web process: gunicorn with one gevent worker on the hub of server.hub."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask
from gevent import monkey
from gevent import socket as gevent_socket
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.workers.ggevent import GeventWorker

from server.serve import end_with_parent
from server.settings import Settings, load_settings
from server.tls import certificate_paths

GRACE_S = 4
"""How long requests under way may take to end when the server is stopped."""


class HubWorker(GeventWorker):
    """gunicorn's gevent worker, leaving threads native for the engine's writer and readers."""

    def patch(self) -> None:
        monkey.patch_all(thread=False)
        # Phones that wait would hold the end up until the process above kills this one and says so.
        cast("Config", self.cfg).set("graceful_timeout", GRACE_S - 2)
        # The listeners were made before: as they are, accepting would block the hub.
        hub: Any = gevent_socket  # its names come at run time
        self.sockets = [
            hub.socket(one.FAMILY, hub.SOCK_STREAM, fileno=one.sock.detach()) for one in self.sockets
        ]


class WebProcess(BaseApplication):
    """gunicorn configured from our settings alone: no file, no environment of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in _options(self.settings).items():
            cast("Config", self.cfg).set(name, value)

    def load(self) -> Flask:
        # Imported in the forked process, after patching: the hub belongs to that process.
        from server.app import create_app
        from server.hub import keep_quiet_about_callers, size_hub_pool
        from server.trust.plain import start_trust_server

        keep_quiet_about_callers()
        size_hub_pool(self.settings.pool_threads)
        if self.settings.tls:
            start_trust_server(self.settings)
        end_with_parent()  # a forked process has lost the thread that watches
        return create_app(self.settings)


def serve_web(settings: Settings) -> None:
    """Serve until told to stop."""
    WebProcess(settings).run()


def main() -> None:
    """The process that `serve` starts; it imports nothing that must be patched first."""
    end_with_parent()
    serve_web(load_settings())


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "bind": f"[{settings.host}]:{settings.port}"
        if ":" in settings.host
        else f"{settings.host}:{settings.port}",
        "workers": 1,
        "worker_class": "server.web.HubWorker",
        "worker_connections": 5000,
        "backlog": 2048,
        "timeout": 60,
        "graceful_timeout": GRACE_S,
        "keepalive": 30,
        "limit_request_line": 8190,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",
        "loglevel": "error",
        "proc_name": "liandong-web",
    }
    if settings.tls:
        certificate, key = certificate_paths(settings)
        options |= {"certfile": str(certificate), "keyfile": str(key)}
    return options


if __name__ == "__main__":
    main()
