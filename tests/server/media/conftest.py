"""A real Flask app with only the media routes, a real engine, real files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from media_rig import Clock, HeaderAccess, Phone

from server.media import Media, MediaLimits, open_media, serve, tus
from server.waiting import run_here
from sync.peer import Server
from sync.sqlite import open_server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def couch(tmp_path: Path) -> Iterator[Server]:
    server = open_server(tmp_path / "couch.sqlite")
    for name in ("logs", "central", "member-a"):
        server.ensure(name)
    yield server
    server.close()


@pytest.fixture
def media(tmp_path: Path, couch: Server, clock: Clock) -> Media:
    limits = MediaLimits(max_file_bytes=1_000_000, max_mismatches=2)
    return open_media(tmp_path / "media", couch, limits=limits, now=clock)


@pytest.fixture
def access(couch: Server) -> HeaderAccess:
    return HeaderAccess(couch)


@pytest.fixture
def app(media: Media, couch: Server, access: HeaderAccess) -> Flask:
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 1000  # the app's own limit for JSON must not cut photos
    app.register_blueprint(tus.create_blueprint(lambda: media, access.device, run_here))
    app.register_blueprint(
        serve.create_blueprint(lambda: media, lambda: couch.open("central"), access, run_here)
    )
    return app


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client())
