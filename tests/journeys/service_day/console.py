"""The desk's people at the console: they open a session and send its form; the worker runs beside them."""

from __future__ import annotations

import re
import threading

from flask import Flask
from werkzeug.test import TestResponse

from tests.journeys.service_day.house import House
from tests.journeys.service_day.office import DECISIONS, session_of
from tests.journeys.service_day.place import STAFF
from tests.support.console_rig import Browser


class Console:
    """One browser without script for each login."""

    def __init__(self, app: Flask, house: House) -> None:
        self._app, self._house = app, house
        self._browsers: dict[str, Browser] = {}

    def decide_all(self) -> None:
        for name, clock, login, action, minutes, reason in DECISIONS:
            record = str(session_of(self._house, name, clock)["record"])
            answer = self.decide(login, record, action, minutes, reason)
            assert answer.status_code == 303, (name, clock, login, action, answer.status_code)

    def decide(
        self, login: str, record: str, action: str, minutes: int | None, reason: str | None
    ) -> TestResponse:
        """Send the form of a decision as the page offers it; whether it is taken is the console's to say."""
        path = f"/console/supervision/sessions/{record}"
        base = re.search(r'name="base" value="([0-9a-f,]+)"', self._as(login).text(path))
        given = {"credited_min": "" if minutes is None else str(minutes), "reason": reason or ""}
        form = {"base": base.group(1) if base else "", "action": action, **given}
        answers: list[TestResponse] = []
        asking = threading.Thread(
            target=lambda: answers.append(self._as(login).post(f"{path}/steps?queue=all", **form))
        )
        asking.start()
        while asking.is_alive():
            self._house.work()
            asking.join(0.02)
        self._house.work()
        return answers[0]

    def _as(self, login: str) -> Browser:
        if login not in self._browsers:
            browser = Browser(self._app.test_client(), STAFF[login][0], login)
            assert browser.sign_in().status_code == 303
            self._browsers[login] = browser
        return self._browsers[login]
