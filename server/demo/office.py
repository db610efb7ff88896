"""The demo's officer at the console: signs in with a password and makes enrolment codes, as people do."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

import urllib3

_COOKIE: Final = "__Host-console"
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
_TOKEN: Final = re.compile(r'name="anti_forgery" value="([^"]+)"')
_MEMBER: Final = re.compile(r'<tr data-id="(m[0-9a-z]{26})"')
_FIELD_ROLES: Final = ("volunteer", "participant")
_PAGES: Final = 20
_CODE: Final = re.compile(r'id="enrolment-code">\s*([0-9 ]{10,13})\s*<')


class OfficeClosed(Exception):
    """The console did not let the officer do this; the text says what it answered."""


class Office:
    """One console session; pages are read as a browser would get them."""

    def __init__(self, pool: urllib3.PoolManager, server: str) -> None:
        self._pool = pool
        self._server = server.rstrip("/")
        self._cookie = ""

    def sign_in(self, login: str, password: str) -> None:
        """Raises: OfficeClosed."""
        answer = self._post("/console/sign-in", {"login": login, "password": password})
        cookie = answer.headers.get("Set-Cookie", "")
        if answer.status != 303 or not cookie.startswith(_COOKIE):
            raise OfficeClosed(f"sign-in as {login}: {answer.status}")
        self._cookie = cookie.partition(";")[0]

    def field_members(self) -> list[str]:
        """Return the ids of everybody who works in the field. Raises: OfficeClosed."""
        found: list[str] = []
        for role in _FIELD_ROLES:
            for page in range(1, _PAGES + 1):
                rows = _MEMBER.findall(self._page(f"/console/members?role={role}&page={page}"))
                if not rows or rows[0] in found[-len(rows) :]:
                    break
                found += rows
        if not found:
            raise OfficeClosed("the console lists no members of the field")
        return sorted(set(found))

    def make_code(self, member: str) -> str:
        """Return a fresh one-time code for the member. Raises: OfficeClosed."""
        form = self._page("/console/devices/enrol")
        token = _TOKEN.search(form)
        fields = {"member": member, "replaces": "", "anti_forgery": token[1] if token else ""}
        answer = self._post("/console/devices/enrol", fields)
        code = _CODE.search(answer.data.decode("utf-8"))
        if answer.status != 200 or code is None:
            raise OfficeClosed(f"enrolment code: {answer.status}")
        return code[1].replace(" ", "")

    def _page(self, path: str) -> str:
        answer = self._pool.request("GET", self._server + path, headers=self._headers, redirect=False)
        if answer.status != 200:
            raise OfficeClosed(f"{path}: {answer.status}")
        return answer.data.decode("utf-8")

    def _post(self, path: str, fields: dict[str, str]) -> urllib3.BaseHTTPResponse:
        body = urlencode(fields).encode()
        return self._pool.request(
            "POST", self._server + path, body=body, headers=self._headers | _FORM, redirect=False
        )

    @property
    def _headers(self) -> dict[str, str]:
        return {"Cookie": self._cookie} if self._cookie else {}
