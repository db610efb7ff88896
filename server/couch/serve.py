"""The processes of `liandong couch`: gunicorn with gevent, several workers on one file if asked."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import click
import gevent
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from server.couch.options import CouchOptions
from server.couch.sending import send_answer
from server.messages import LANGUAGES, text
from server.web import GRACE_S, HubWorker

if TYPE_CHECKING:
    from server.couch.app import CouchApp

POOL_THREADS = 12


class CouchWorker(HubWorker):
    """Answers in JSON also where a request never reaches the application. Spec: PROTOCOL A8."""

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        if req._expected_100_continue:
            # gunicorn would ask for the body at once: here nobody asks before the application reads it,
            # so that a refusal costs no upload. Spec: PROTOCOL A13, C50.
            req._expected_100_continue = False
            req.body = body = _BodyOnRequest(req.body, sock)
            is_closing = req.should_close
            req.should_close = lambda: is_closing() or not body.was_asked_for
        with suppress(gevent.GreenletExit, SystemExit):
            send_answer(self, listener_name, req, sock, addr)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        super().handle_error(req, _JsonErrors(client), addr, exc)


class _BodyOnRequest:
    """A request's body whose client sends it when it is asked to."""

    def __init__(self, body: Any, sock: socket.socket) -> None:
        self._body = body
        self._sock = sock
        self.was_asked_for = False

    def __getattr__(self, name: str) -> Any:
        if not self.was_asked_for:
            self.was_asked_for = True
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return getattr(self._body, name)


class _JsonErrors:
    """A socket on which gunicorn's page about an error leaves as JSON."""

    def __init__(self, client: socket.socket) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def sendall(self, page: bytes) -> None:
        status = page.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2] or "400 Bad Request"
        error = status.partition(" ")[2].lower().replace(" ", "_")
        body = json.dumps({"error": error, "reason": status.partition(" ")[2]}).encode() + b"\n"
        head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\n"
        self._client.sendall(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)


class CouchProcess(BaseApplication):
    """gunicorn configured from the options alone: no file, no environment of its own."""

    def __init__(self, options: CouchOptions) -> None:
        self.couch_options = options
        self._lifeline = os.pipe()
        super().__init__()

    def load_config(self) -> None:
        for name, value in _gunicorn_options(self.couch_options).items():
            cast("Config", self.cfg).set(name, value)

    def load(self) -> CouchApp:
        # Imported in the forked process, after patching: the hub belongs to that process.
        from server.couch.app import create_couch_app
        from server.hub import keep_quiet_about_callers, size_hub_pool

        self._end_with_parent()
        keep_quiet_about_callers()
        size_hub_pool(POOL_THREADS)
        app = create_couch_app(self.couch_options)
        _spare_the_collector()
        return app

    def _end_with_parent(self) -> None:
        """Let this worker end at once when the process that leads is gone, even by kill -9."""
        reading, writing = self._lifeline
        os.close(writing)

        def watch() -> None:
            os.read(reading, 1)  # returns only when nobody holds the other end any more
            os.kill(os.getpid(), signal.SIGKILL)

        threading.Thread(target=watch, daemon=True, name="lifeline").start()


def _spare_the_collector() -> None:
    """Let the collector look at what requests make, less often, and never at the program itself.

    A batch is thousands of objects without a cycle: going through them took 15 % of the time of writing it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def serve_couch(options: CouchOptions) -> None:
    """Serve until told to stop."""
    # Each feed that waits is an open file; a thousand, the usual limit, is soon used up.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    CouchProcess(options).run()


def _say_where(arbiter: Arbiter) -> None:
    host, port = arbiter.LISTENERS[0].sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    for language in LANGUAGES:
        click.echo(text("couch.start.ready", language, url=f"http://{shown}:{port}/"))


def _gunicorn_options(options: CouchOptions) -> dict[str, Any]:
    host = f"[{options.host}]" if ":" in options.host else options.host
    return {
        "bind": f"{host}:{options.port}",
        "workers": options.workers,
        "worker_class": "server.couch.serve.CouchWorker",
        "worker_connections": 10_000,
        "backlog": 2048,
        "timeout": 60,
        "keepalive": 60,
        "graceful_timeout": GRACE_S,
        # Longer than what the face allows, so that its own answer is the one that is given.
        "limit_request_line": 0,
        "limit_request_field_size": 16_380,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",
        "loglevel": "error",
        "when_ready": _say_where,
        "proc_name": "liandong-couch",
    }


if __name__ == "__main__":
    serve_couch(CouchOptions.receive(int(sys.argv[1])))
