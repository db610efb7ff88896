"""The web process on gevent: waiting greenlets woken by native threads, and calls that leave the hub.

Only the web process imports this page. It patches everything but threads, so that the engine's
locks and threads stay native.
"""

from __future__ import annotations

import contextvars
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

import gevent
from gevent import monkey
from gevent.event import Event

from server.waiting import Waiting
from sync.outcome import Outcome, ThreadOutcome

T = TypeVar("T")


class HubWaiter(Waiting):
    """For the web process: waiters are greenlets; commits come from native threads."""

    def __init__(self) -> None:
        super().__init__()
        self._pending: set[str] = set()
        self._pending_lock = threading.Lock()
        self._signal = gevent.get_hub().loop.async_()
        self._signal.start(self._on_signal)

    def notify(self, name: str) -> None:
        self.count((name,))
        if not self.has_waiting(name):  # who begins to wait now looks after this commit
            return
        with self._pending_lock:
            self._pending.add(name)
        self._signal.send()  # the one call of a loop that is safe from another thread

    def _on_signal(self) -> None:
        with self._pending_lock:
            names, self._pending = self._pending, set()
        self.wake(names)

    def wait_until(
        self, check: Callable[[], T | None], *, names: Collection[str], timeout_s: float
    ) -> T | None:
        return self.loop(Event(), check, names, timeout_s)


class HubOutcomes:
    """Makes what a caller of the engine's writer waits on: a greenlet lets the others go on meanwhile.

    So a small write needs no thread of the pool: one hand-over to the writer and one back.
    """

    def __init__(self) -> None:
        self._hub_thread = threading.get_ident()
        self._set: deque[_HubOutcome] = deque()
        self._signal = gevent.get_hub().loop.async_()
        self._signal.start(self._on_signal)

    def __call__(self) -> Outcome:
        return _HubOutcome(self._announce) if threading.get_ident() == self._hub_thread else ThreadOutcome()

    def _announce(self, outcome: _HubOutcome) -> None:
        self._set.append(outcome)
        self._signal.send()

    def _on_signal(self) -> None:
        while self._set:
            self._set.popleft().wake()


class _HubOutcome:
    """`wake` is called on the hub once it is set; everything else may be called earlier or later."""

    __slots__ = ("_announce", "_error", "_event", "_result")

    def __init__(self, announce: Callable[[_HubOutcome], None]) -> None:
        self._announce = announce
        self._event = Event()
        self._result: Any = None
        self._error: BaseException | None = None

    def set_result(self, result: Any) -> None:
        self._result = result
        self._announce(self)

    def set_exception(self, error: BaseException) -> None:
        self._error = error
        self._announce(self)

    def wake(self) -> None:
        self._event.set()

    def result(self) -> Any:
        self._event.wait()
        if self._error is not None:
            raise self._error
        return self._result


def run_in_hub_pool(call: Callable[[], T]) -> T:
    """Run `call` in a native thread of the hub's pool; the caller's context goes along."""
    context = contextvars.copy_context()
    result, error = gevent.get_hub().threadpool.apply(context.run, (_outcome, call))
    if error is None:
        return cast("T", result)
    try:
        raise cast("BaseException", error)
    finally:
        del error  # its traceback holds this frame


def _outcome(call: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    """Return what came of it: an error that rises inside the pool is printed there, foreseen or not."""
    try:
        return call(), None
    except BaseException as error:  # noqa: BLE001 raised again by the caller's greenlet
        return None, error


class NativeSockets:
    """Connections for native threads, as they are without gevent: they may be used by any thread."""

    def __init__(self) -> None:
        self._hub_thread = threading.get_ident()

    def away(self, call: Callable[[], T]) -> T:
        """Run `call` in the hub's pool when this is the hub's thread; in place elsewhere."""
        return run_in_hub_pool(call) if threading.get_ident() == self._hub_thread else call()

    @staticmethod
    def connect(address: tuple[str, int], timeout_s: float | None) -> socket.socket:
        """Return a connection to the first address that takes it. Raises: OSError."""
        plain, find = monkey.get_original("socket", ["socket", "getaddrinfo"])
        failure: OSError = OSError("no such address")
        for family, kind, protocol, _name, place in find(*address, 0, socket.SOCK_STREAM):
            opened: socket.socket = plain(family, kind, protocol)
            try:
                opened.settimeout(timeout_s)
                opened.connect(place)
            except OSError as error:
                opened.close()
                failure = error
            else:
                return opened
        raise failure

    @staticmethod
    def new_tls_context() -> ssl.SSLContext:
        context: ssl.SSLContext = monkey.get_original("ssl", "SSLContext")(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        return context


def keep_quiet_about_callers() -> None:
    """Print nothing when a caller goes away or cannot agree on TLS: that is no failure of ours."""
    hub = gevent.get_hub()
    hub.NOT_ERROR = (*hub.NOT_ERROR, ssl.SSLError, ConnectionError)


def size_hub_pool(threads: int) -> None:
    """Say how many calls may be away from the hub at once."""
    gevent.get_hub().threadpool.maxsize = threads
