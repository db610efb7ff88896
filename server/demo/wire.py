"""One simulated device's connection: its cookie, its patience, and no more than phones know of the server."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
import urllib3

COOKIE: Final = "__Host-device"
_TRANSFER_S: Final = 60.0
_FIRST_S: Final = 0.25
_LONGEST_S: Final = 15.0
_PASSING: Final = frozenset({429, 502, 503, 504})


class ServerAway(Exception):
    """The server did not answer for as long as this device is patient."""


class Refused(Exception):
    """The server answered, and not with success; `status` and its JSON say what."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body

    @property
    def error(self) -> str:
        return str(self.body.get("error", "")) if isinstance(self.body, dict) else ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    data: bytes

    def json(self) -> Any:
        return orjson.loads(self.data)


def open_pool(connections: int) -> urllib3.PoolManager:
    """Return the pool that all devices of this process share."""
    return urllib3.PoolManager(num_pools=4, maxsize=connections, retries=False, cert_reqs="CERT_NONE")


class Wire:
    """Asks until it is answered, waiting longer each time; signs in again when the session is over."""

    def __init__(
        self,
        pool: urllib3.PoolManager,
        server: str,
        *,
        sign_in: Callable[[Wire], None],
        rng: random.Random,
        patience_s: float = 120.0,
    ) -> None:
        self._pool = pool
        self._server = server.rstrip("/")
        self._sign_in = sign_in
        self._rng = rng
        self._patience_s = patience_s
        self.cookie = ""
        self.requests = 0
        self.retries = 0

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        wait_s: float = 0,
        is_signing_in: bool = False,
    ) -> Answer:
        """Return an answer of 2xx or 304. Raises: Refused, ServerAway."""
        sent = dict(headers or {})
        if json is not None:
            body, sent["Content-Type"] = orjson.dumps(json), "application/json"
        deadline, failures = time.monotonic() + self._patience_s, 0
        while True:
            answer = self._once(method, path, body, sent, _TRANSFER_S + wait_s)
            if answer is not None and answer.status == 401 and not is_signing_in:
                if failures > 3:
                    raise _refused(answer)
                self._sign_in(self)
            elif answer is not None and answer.status not in _PASSING:
                if answer.status >= 400:
                    raise _refused(answer)
                return answer
            failures += 1
            self.retries += 1
            if time.monotonic() > deadline:
                raise ServerAway(path)
            time.sleep(self._pause_s(failures, answer))

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str], timeout_s: float
    ) -> Answer | None:
        self.requests += 1
        if self.cookie:
            headers = headers | {"Cookie": f"{COOKIE}={self.cookie}"}
        try:
            response = self._pool.request(
                method, self._server + path, body=body, headers=headers, timeout=timeout_s, redirect=False
            )
        except (urllib3.exceptions.HTTPError, OSError):
            return None
        if not _is_whole(method, response):
            return None
        self._keep_cookie(response.headers.get("Set-Cookie", ""))
        return Answer(response.status, response.headers, response.data)

    def _keep_cookie(self, header: str) -> None:
        name, _, rest = header.partition("=")
        if name == COOKIE:
            self.cookie = rest.partition(";")[0]

    def _pause_s(self, failures: int, answer: Answer | None) -> float:
        """Doubled each time, jittered so that phones do not come back together; never sooner than asked."""
        asked = answer.headers.get("Retry-After", "0") if answer is not None else "0"
        ceiling = min(_LONGEST_S, _FIRST_S * 2.0 ** min(failures, 10))
        return max(float(asked) if asked.isdecimal() else 0.0, ceiling * self._rng.uniform(0.5, 1))


def _is_whole(method: str, response: urllib3.BaseHTTPResponse) -> bool:
    """Did the head come in full? A reset inside it is taken by the HTTP library for its end."""
    is_bodyless = method == "HEAD" or response.status in {204, 304}
    return is_bodyless or bool({"Content-Length", "Transfer-Encoding"} & set(response.headers))


def _refused(answer: Answer) -> Refused:
    try:
        return Refused(answer.status, answer.json())
    except orjson.JSONDecodeError:
        return Refused(answer.status, answer.data[:200].decode("utf-8", "replace"))
