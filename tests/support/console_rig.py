"""The console as the application mounts it, on a real centre, and browsers without script that use it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.console.register import register_console
from server.errors import register_errors
from server.gateway.register import register_gateway
from server.identity.members import NewMember
from server.services import EXTENSION
from server.worker import run_worker
from tests.support.entries import TOWNSHIP, CentreInTest, ago, open_centre

PASSWORD = "dyke-reed-heron-59"
# A real verifier of the real kind, made cheaply: what it costs is tested with the passwords.
VERIFIER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
SCOPES = {"volunteer": "self", "participant": "self", "township_staff": f"township:{TOWNSHIP}"}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass(slots=True)
class Browser:
    """One person at a browser: follows links and sends forms with what the page put into them."""

    client: FlaskClient
    member: str
    login: str

    def get(self, path: str, *, htmx: bool = False) -> TestResponse:
        return self.client.get(path, headers=HTMX if htmx else None)

    def text(self, path: str, status: int = 200) -> str:
        answer = self.get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:400])
        return answer.text

    def post(self, path: str, *, htmx: bool = False, **fields: str) -> TestResponse:
        """Send a form with the token that the session's pages carry."""
        token = anti_forgery(self.get("/console/sessions").text)
        return self.client.post(path, data={"anti_forgery": token, **fields}, headers=HTMX if htmx else None)

    def sign_in(self, password: str = PASSWORD, next: str = "") -> TestResponse:
        data = {"login": self.login, "password": password, "next": next}
        return self.client.post("/console/sign-in", data=data)


@dataclass(slots=True)
class ConsoleRig:
    """A centre, the console over it, and one browser a role, signed in on first use."""

    app: Flask
    centre: CentreInTest
    browsers: dict[str, Browser] = field(default_factory=dict)

    def as_role(self, role: str, scope: str | None = None) -> Browser:
        key = f"{role} {scope}"
        if key not in self.browsers:
            browser = self.stranger(role, scope or SCOPES.get(role, "county"))
            assert browser.sign_in().status_code == 303
            self.browsers[key] = browser
        return self.browsers[key]

    def stranger(self, role: str | None = None, scope: str = "county") -> Browser:
        """Return somebody with a login who has not signed in."""
        directory = self.centre.services.directory
        login = f"login-{len(directory.members())}"
        member = directory.add_members([NewMember(name=f"王某{login}", login=login, verifier=VERIFIER)])[0]
        if role:
            directory.add_grant(member.id, role, scope, ago(days=400))
        return Browser(self.app.test_client(), member.id, login)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let the worker run beside the requests, as it does beside a server."""
        stop = threading.Event()
        worker = threading.Thread(target=run_worker, args=(self.centre.services,), kwargs={"stop": stop})
        worker.start()
        try:
            yield
        finally:
            stop.set()
            self.centre.services.couch.ensure("logs").put_local("wake", {})
            self.centre.services.desk.append("backup", _NOTHING, author="system", role="system")
            worker.join()


_NOTHING = {"taken_at": "2026-11-23T00:00:00.000Z", "sha256": "0" * 64, "epoch": "0" * 12}


@contextmanager
def open_console(data: Path) -> Iterator[ConsoleRig]:
    with open_centre(data) as centre:
        app = Flask("server", static_folder=None)
        app.extensions[EXTENSION] = centre.services
        app.add_template_global(lambda name: f"/static/{name}", "asset_url")
        register_errors(app)
        register_gateway(app, centre.services)
        register_console(app)
        yield ConsoleRig(app, centre)


def anti_forgery(page: str) -> str:
    """Return the token that the page's forms carry."""
    found = re.search(r'name="anti_forgery" value="([0-9a-f]+)"', page)
    assert found, page[:400]
    return found.group(1)
