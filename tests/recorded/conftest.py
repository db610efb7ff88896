"""Our own server, as the recorded answers meet it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Request
from werkzeug.serving import make_server

from sync.http import Access, Endpoint, Limits, create_blueprint
from sync.sqlite import open_server
from tests.recorded.exchange import Place


class OpenToAll:
    def check(self, request: Request, endpoint: Endpoint, database: str | None, doc_id: str | None) -> Access:
        return Access(current_leaves_only=False)


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    path: Path = tmp_path_factory.mktemp("recorded") / "couch.sqlite"
    couch = open_server(path)
    app = Flask("couch")
    app.register_blueprint(create_blueprint(couch, OpenToAll(), limits=Limits()), url_prefix="/")
    web = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=web.serve_forever, args=(0.01,))
    thread.start()
    yield Place("127.0.0.1", web.server_port, "admin", "secret")
    web.shutdown()
    thread.join()
    web.server_close()
    couch.close()
