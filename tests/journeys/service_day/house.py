"""A centre by one clock that is handed in: the worker's steps by hand, and the web for browsers beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from server.app import create_app
from server.ingest import Ingest
from server.ledger import LedgerProjection, SystemWriter
from server.opening import open_services
from server.publish import Publish
from server.readmodel import Projection
from server.services import EXTENSION, Services
from server.spot_checks import SpotCheckDraw
from server.worker import Step, settle
from tests.journeys.service_day.place import settings_of
from tests.support.server_process import free_port

Now = Callable[[], datetime]


class Quiet(WSGIRequestHandler):
    """Prints nothing of each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        del type, message, args


class House:
    """Services of the worker, and its steps in the order in which it takes them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        # A round may be as long as it likes: no step keeps a distance here.
        ledger = LedgerProjection(services, now=services.now, worked=lambda: 0.0)
        self._ledger, self._steps = ledger, self._made(ledger)

    def _made(self, ledger: LedgerProjection) -> list[Step]:
        services, now = self.services, self.services.now
        return [
            Ingest(services, clock=now).run_once,
            Projection(services).run_once,
            ledger.run_once,
            SystemWriter(services, ledger).run_once,
            SpotCheckDraw(services, now=now).run_once,
            Publish(services, now=now).run_once,
        ]

    def work(self) -> None:
        settle(self._steps)

    def begin_again(self) -> None:
        """Work as a worker that has just been started: whatever hangs on time alone is looked at now."""
        ledger = LedgerProjection(self.services, now=self.services.now, worked=lambda: 0.0)
        self._steps = self._made(ledger)
        self.work()


@contextmanager
def house(data: Path, now: Now) -> Iterator[House]:
    services = open_services(settings_of(data), is_worker=True, now=now)
    try:
        yield House(services)
    finally:
        services.readmodel.close()
        services.couch.close()


@contextmanager
def web(data: Path, now: Now) -> Iterator[tuple[Flask, str]]:
    """Serve the whole web application; yields it and the address that browsers go to."""
    port = free_port()
    origin = f"http://localhost:{port}"
    app = create_app(settings_of(data, port=port, public_url=origin), on_hub=False, now=now)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield app, origin
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        services: Services = app.extensions[EXTENSION]
        services.readmodel.close()
        services.couch.close()
