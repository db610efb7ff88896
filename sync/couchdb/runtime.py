"""How a process opens sockets and waits, where it is not the plain way of the standard library.

A cooperative runtime replaces both under our feet; it hands in what our native threads need instead.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from sync.errors import BadRequest

T = TypeVar("T")

Connect = Callable[[tuple[str, int], float | None], socket.socket]
"""Opens a connection to (host, port) within so many seconds. Raises: OSError, TimeoutError."""


class Away(Protocol):
    """Runs a call that may block, away from whatever must stay responsive; in place where nothing must."""

    def __call__(self, call: Callable[[], T], /) -> T: ...


def in_place(call: Callable[[], T]) -> T:
    return call()


@dataclass(frozen=True, slots=True)
class Runtime:
    """`connect` None and `new_tls_context` as it is: the standard library's own."""

    away: Away = in_place
    connect: Connect | None = None
    new_tls_context: Callable[[], ssl.SSLContext] = field(default=lambda: ssl.create_default_context())

    def tls_context(self, ca_file: Path | None) -> ssl.SSLContext:
        """Return what verifies every certificate. Raises: BadRequest."""
        context = self.new_tls_context()
        if ca_file is not None:
            try:
                context.load_verify_locations(cafile=str(ca_file))
            except OSError as error:
                raise BadRequest(f"The certificates in {ca_file} cannot be read: {error}") from error
        return context

    def new_pool(self, connections: int, *, ca_file: Path | None = None, **options: Any) -> PoolManager:
        """Return connections to any server, used by all threads; certificates are always verified."""
        pool = PoolManager(maxsize=connections, block=False, ssl_context=self.tls_context(ca_file), **options)
        pool.pool_classes_by_scheme = self._pool_classes()
        return pool

    def _pool_classes(self) -> dict[str, Any]:
        """Return urllib3's pools, with connections that are opened in this runtime's way."""
        if self.connect is None:
            return {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}
        connect = self.connect

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return _opened(self, connect)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return _opened(self, connect)

        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        return {"http": plain, "https": type("SecurePool", (HTTPSConnectionPool,), {"ConnectionCls": Secure})}


def _opened(connection: HTTPConnection, connect: Connect) -> socket.socket:
    timeout_s = connection.timeout if isinstance(connection.timeout, (int, float)) else None
    try:
        opened = connect((connection.host.strip("[]"), connection.port), timeout_s)
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"{connection.host} did not answer in time") from error
    except OSError as error:
        raise NewConnectionError(connection, f"no connection came about: {error}") from error
    for option in connection.socket_options or ():
        opened.setsockopt(*option)
    return opened
