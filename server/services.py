"""What the parts of one process share, opened once and handed in.

Web, worker and command line open the same services; only server.app adds HTTP.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from flask import current_app

from server.identity import instants

if TYPE_CHECKING:
    from server.gateway.desk import Desk
    from server.identity.audit import Audit
    from server.identity.console_sessions import ConsoleSessions
    from server.identity.crypto import KeyRing, ServerKey
    from server.identity.device_sessions import DeviceSessions
    from server.identity.directory import Directory
    from server.identity.enrolment import Enrolment
    from server.media import Media
    from server.readmodel import ReadModel
    from server.settings import Settings
    from server.waiting import Waiter
    from sync.peer import Server

T = TypeVar("T")
EXTENSION = "liandong"


class RunBlocking(Protocol):
    """Runs a call that may block, away from whatever must stay responsive."""

    def __call__(self, call: Callable[[], T], /) -> T: ...


class Sockets(Protocol):
    """Connections for native threads of a process whose runtime has replaced the usual ones."""

    def away(self, call: Callable[[], T], /) -> T:
        """Run a call that may block, away from whatever must stay responsive."""

    def connect(self, address: tuple[str, int], timeout_s: float | None, /) -> socket.socket: ...

    def new_tls_context(self) -> ssl.SSLContext: ...


@dataclass(kw_only=True)
class Services:
    settings: Settings
    couch: Server
    key_ring: KeyRing
    server_key: ServerKey
    directory: Directory
    console_sessions: ConsoleSessions
    device_sessions: DeviceSessions
    enrolment: Enrolment
    audit: Audit
    desk: Desk
    readmodel: ReadModel
    media: Media
    waiter: Waiter
    run_blocking: RunBlocking
    now: Callable[[], datetime] = instants.now
    """The one clock of this process: beacons, receipts, the desk, rules and pages go by it."""

    @property
    def epoch(self) -> str:
        """The name of this life of the server's data; read anew, for a restore changes it."""
        return self.couch.epoch


def current() -> Services:
    """Return the services of the request being answered."""
    return cast("Services", current_app.extensions[EXTENSION])
