"""An HTTP proxy that spoils one chosen request, in every way that networks and gateways do."""

from __future__ import annotations

import select
import socket
import threading
import time
from dataclasses import dataclass
from typing import Final, Literal

from tests.support.proxy import CuttingProxy, Link

Kind = Literal[
    "cut_request", "cut_response", "duplicate", "late_duplicate", "delay", "gateway_page", "busy", "slow"
]
KINDS: Final[tuple[Kind, ...]] = (
    "cut_request",
    "cut_response",
    "duplicate",
    "late_duplicate",
    "delay",
    "gateway_page",
    "busy",
    "slow",
)
DELAY_S: Final = 0.05
SLOW_S: Final = 1.0
PAGE: Final = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
GATEWAY: Final = b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"
BUSY: Final = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Type: application/json\r\n"
    b'Content-Length: 29\r\n\r\n{"error":"too_many_requests"}'
)


@dataclass(slots=True)
class Fault:
    """What befalls the request `at_request` from now on (0: the next); cuts are `at_byte`."""

    kind: Kind
    at_request: int
    at_byte: int = 0
    has_struck: bool = False


class FaultyProxy(CuttingProxy):
    """As CuttingProxy, but it knows where a request begins and ends. `heal` ends what is under way."""

    def __init__(self, upstream_port: int) -> None:
        self.fault: Fault | None = None
        self._requests = 0
        self._healed = threading.Event()
        self._late: list[bytes] = []
        super().__init__(upstream_port)

    def arm(self, fault: Fault) -> None:
        self._healed.clear()
        self._requests = 0
        self.fault = fault

    def heal(self) -> None:
        """From here on everything passes; what was to come late has come when this returns."""
        self.fault = None
        self._healed.set()
        while self._late:
            self._deliver(self._late.pop())

    def _pump(self, link: Link, direction: Literal["request", "response"]) -> None:
        if direction == "response":
            return  # one thread serves both, for one request follows the other
        for end in (link.client, link.server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while (request := _read_request(link)) is not None:
                self._pass_on(link, request)
        except OSError:
            pass
        link.reset()

    def _due(self) -> Fault | None:
        fault, number = self.fault, self._requests
        self._requests += 1
        if fault is None or fault.has_struck or number != fault.at_request:
            return None
        fault.has_struck = True
        self.log.append(f"{fault.kind} at request {number}, byte {fault.at_byte}")
        return fault

    def _pass_on(self, link: Link, request: bytes) -> None:
        fault = self._due()
        kind = fault.kind if fault is not None else None
        if fault is not None and kind == "cut_request":
            link.server.sendall(request[: fault.at_byte % (len(request) + 1)])
            raise OSError("cut")
        if kind == "gateway_page":
            link.client.sendall(GATEWAY % (len(PAGE), PAGE))
            return
        if kind == "busy":
            link.client.sendall(BUSY)
            return
        if kind == "delay":
            self._healed.wait(DELAY_S)
        link.server.sendall(request)
        if kind == "duplicate":
            self._deliver(request)
        elif kind == "late_duplicate":
            self._late.append(request)
        self._answer(link, fault if kind in ("cut_response", "slow") else None)

    def _answer(self, link: Link, fault: Fault | None) -> None:
        """Pass the answer on until the client says something again, or either end closes."""
        seen = 0
        while True:
            readable, _, _ = select.select([link.client, link.server], [], [])
            if link.server in readable:
                chunk = link.server.recv(65536)
                if not chunk:
                    raise OSError("closed")
                if fault is not None and fault.kind == "cut_response" and seen + len(chunk) > fault.at_byte:
                    link.client.sendall(chunk[: fault.at_byte - seen])
                    raise OSError("cut")
                seen += len(chunk)
                self._send(link.client, chunk, is_slow=fault is not None and fault.kind == "slow")
            elif link.client in readable:
                return

    def _send(self, client: socket.socket, chunk: bytes, *, is_slow: bool) -> None:
        while is_slow and chunk and not self._healed.wait(SLOW_S):
            client.sendall(chunk[:1])
            chunk = chunk[1:]
        client.sendall(chunk)

    def _deliver(self, request: bytes) -> None:
        """Bring a request to the server once more, and wait until it has answered."""
        with socket.create_connection(("127.0.0.1", self.upstream_port), timeout=10) as again:
            again.sendall(request)
            until_s = time.monotonic() + 5
            while time.monotonic() < until_s and again.recv(65536) == b"":
                break


def _read_request(link: Link) -> bytes | None:
    """Return a whole request as it was sent; None when the client has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = link.client.recv(65536)
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        chunk = link.client.recv(65536)
        if not chunk:
            return None
        body += chunk
    return head + b"\r\n\r\n" + body
