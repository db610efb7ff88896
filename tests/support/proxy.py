"""A TCP proxy that resets connections at chosen byte offsets and tells what it cut."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal["request", "response"]
RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, 0 s: close() sends RST


@dataclass(slots=True)
class Cut:
    """Reset the connection `at_byte` bytes into what follows the request line that holds `match`."""

    match: bytes
    direction: Direction
    at_byte: int
    is_done: bool = False

    def __str__(self) -> str:
        return f"{self.match.decode()}: {self.direction} reset after {self.at_byte} bytes"


@dataclass(slots=True)
class Link:
    """One connection through the proxy."""

    client: socket.socket
    server: socket.socket
    armed: Cut | None = None
    seen_bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.shutdown(socket.SHUT_RDWR)
            with contextlib.suppress(OSError):
                end.close()


class CuttingProxy:
    """Forwards 127.0.0.1:port to a server whose port may change; `log` holds what was cut."""

    def __init__(self, upstream_port: int) -> None:
        self.upstream_port = upstream_port
        self.log: list[str] = []
        self.is_refusing = False
        self._cuts: list[Cut] = []
        self._links: list[Link] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, match: str, direction: Direction, at_byte: int) -> Cut:
        """Plan one cut; it happens at the next request whose head holds `match`."""
        planned = Cut(match.encode(), direction, at_byte)
        self._cuts.append(planned)
        return planned

    def reset_all(self) -> None:
        """Reset every open connection, as a network that goes away does."""
        for link in self._links:
            link.reset()
        self._links.clear()

    def close(self) -> None:
        self._listener.close()
        self.reset_all()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            if self.is_refusing:
                raise OSError("refusing")
            server = socket.create_connection(("127.0.0.1", self.upstream_port), timeout=5)
            server.settimeout(None)
        except OSError:
            Link(client, client).reset()
            return
        link = Link(client, server)
        self._links.append(link)
        threading.Thread(target=self._pump, args=(link, "response"), daemon=True).start()
        self._pump(link, "request")

    def _pump(self, link: Link, direction: Direction) -> None:
        source, sink = (link.client, link.server) if direction == "request" else (link.server, link.client)
        try:
            while chunk := source.recv(65536):
                if direction == "request":
                    self._arm(link, chunk)
                if (allowed := self._allowance(link, direction, chunk)) is not None:
                    sink.sendall(chunk[:allowed])
                    self._happen(link)
                    return
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            link.reset()

    def _arm(self, link: Link, chunk: bytes) -> None:
        with link.lock:
            if link.armed is None:
                found = next((c for c in self._cuts if not c.is_done and c.match in chunk), None)
                if found is not None:
                    self._cuts.remove(found)
                    link.armed, link.seen_bytes = found, 0

    def _allowance(self, link: Link, direction: Direction, chunk: bytes) -> int | None:
        """Return how many bytes of the chunk still pass before the cut, or None when it is not due."""
        with link.lock:
            if link.armed is None or link.armed.direction != direction:
                return None
            if link.seen_bytes + len(chunk) <= link.armed.at_byte:
                link.seen_bytes += len(chunk)
                return None
            return link.armed.at_byte - link.seen_bytes

    def _happen(self, link: Link) -> None:
        if link.armed is not None:
            link.armed.is_done = True
            self.log.append(str(link.armed))
        link.reset()
