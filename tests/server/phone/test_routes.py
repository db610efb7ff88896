"""What a phone gets from the server before it answers for itself."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.errors import register_errors
from server.gateway.security import register_security
from server.phone import create_blueprint
from server.services import EXTENSION
from server.settings import Settings

SHELL = '<!doctype html><main id="shell"><p>正在打开</p></main>'


class Built:
    """Stands where the services do; the phone's routes ask for the settings alone."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    client = tmp_path / "dist"
    client.mkdir()
    (client / "shell.html").write_text(SHELL, "utf-8")
    (client / "sw.js").write_text("the worker", "utf-8")
    (client / "sw-off.js").write_text("the switch", "utf-8")
    (client / "page-ABCD2345.js").write_text("the page", "utf-8")
    (client / "manifest.json").write_text("{}", "utf-8")
    (client / "manifest.webmanifest").write_text(json.dumps({"start_url": "/app/"}), "utf-8")
    return tmp_path


@pytest.fixture
def phone(folder: Path) -> Iterator[FlaskClient]:
    settings = Settings(data=folder / "data", client=folder / "dist")
    settings.data.mkdir()
    app = Flask("server", static_folder=None)
    app.extensions[EXTENSION] = Built(settings)
    register_errors(app)
    register_security(app, settings)
    app.register_blueprint(create_blueprint())
    with app.test_client() as client:
        yield client


class TestShell:
    """Every screen is made on the phone (DESIGN 7): the server knows one page for all of them."""

    @pytest.mark.parametrize("path", ["/app/", "/app/enrol", "/app/mine/lead:01k", "/app/lead/01k/photo"])
    def test_every_address_of_the_app_is_the_same_shell(self, phone, path):
        answer = phone.get(path)

        assert (answer.status_code, answer.text) == (200, SHELL)
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]

    def test_a_form_whose_worker_has_just_gone_gets_the_shell_and_goes_on_in_the_page(self, phone):
        answer = phone.post("/app/lead/01k", data={"title": "坝坡"})

        assert (answer.status_code, answer.text) == (200, SHELL)

    def test_app_without_a_slash_leads_to_it(self, phone):
        assert phone.get("/app").headers["Location"] == "/app/"


class TestWorker:
    """One worker at one address, always asked for anew (ATTACKS 4)."""

    def test_it_is_a_script_that_is_never_kept_without_asking(self, phone):
        answer = phone.get("/sw.js", headers={"Service-Worker": "script"})

        assert (answer.text, answer.mimetype) == ("the worker", "text/javascript")
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "Service-Worker-Allowed" not in answer.headers

    def test_no_other_file_of_the_build_can_be_a_worker(self, phone):
        answer = phone.get("/app/assets/page-ABCD2345.js", headers={"Service-Worker": "script"})

        assert answer.status_code == 403

    def test_the_kill_switch_serves_a_worker_that_leaves_and_tells_pages_to_do_without(self, phone, folder):
        (folder / "data" / "worker-off").touch()

        assert phone.get("/sw.js").text == "the switch"
        assert '<main id="shell" data-worker-off="yes">' in phone.get("/app/").text


class TestFiles:
    def test_a_hashed_file_is_kept_for_ever(self, phone):
        answer = phone.get("/app/assets/page-ABCD2345.js")

        assert answer.text == "the page"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"

    def test_the_scanner_s_worker_alone_may_run_webassembly_and_nothing_else(self, phone, folder):
        (folder / "dist" / "scan-worker-ABCD2345.js").write_text("the scanner")

        scanner = phone.get("/app/assets/scan-worker-ABCD2345.js").headers["Content-Security-Policy"]
        page = phone.get("/app/assets/page-ABCD2345.js").headers["Content-Security-Policy"]

        assert scanner == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
        assert "wasm" not in page

    def test_webassembly_is_served_as_such_from_here(self, phone, folder):
        (folder / "dist" / "zxing_reader-0123456789.wasm").write_bytes(b"\0asm")

        assert phone.get("/app/assets/zxing_reader-0123456789.wasm").mimetype == "application/wasm"

    @pytest.mark.parametrize("path", ["/app/assets/page-ABCD2345.js", "/sw.js"])
    def test_it_goes_as_the_build_packed_it_to_who_takes_gzip(self, phone, folder, path):
        name = path.rsplit("/", 1)[1]
        (folder / "dist" / f"{name}.gz").write_bytes(gzip.compress(b"packed"))

        packed = phone.get(path, headers={"Accept-Encoding": "gzip, br"})
        plain = phone.get(path, headers={"Accept-Encoding": "gzip;q=0"})

        assert gzip.decompress(packed.data) == b"packed"
        assert (packed.headers["Content-Encoding"], packed.mimetype) == ("gzip", "text/javascript")
        assert plain.text in ("the page", "the worker")
        assert (plain.headers.get("Content-Encoding"), plain.headers["Vary"]) == (None, "Accept-Encoding")

    @pytest.mark.parametrize("name", ["sw.js", "shell.html", "manifest.json", "..\\data\\couch.sqlite"])
    def test_what_is_no_hashed_file_is_not_among_them(self, phone, name):
        assert phone.get(f"/app/assets/{name}").status_code == 404

    def test_the_manifest_has_its_type(self, phone):
        answer = phone.get("/app/manifest.webmanifest")

        assert (answer.mimetype, answer.json) == ("application/manifest+json", {"start_url": "/app/"})
