"""A Peer seen over a network that loses, repeats and delays, to a server that is at times in trouble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sync.errors import BadRequest, Forbidden, Overloaded, StorageFailed, SyncError, TooLarge
from sync.peer import DocumentLike, WriteResult
from tests.replication.scheduler import Scheduler

CALLS = (
    "info",
    "changes",
    "revs_diff",
    "bulk_get",
    "bulk_docs",
    "get_local",
    "put_local",
    "open_revs",
    "wait",
)


class LineCut(SyncError):
    """The connection broke; whether the request was done nobody knows."""

    status = 503
    error = "unreachable"
    is_retryable = True


class Weather:
    """What may go wrong at present, for all links of a world; `heal` ends it."""

    def __init__(self, scheduler: Scheduler, storm: float) -> None:
        self.scheduler = scheduler
        self.storm = storm
        self.denied: set[str] = set()
        self.unreadable: set[str] = set()
        self.faults = 0
        self.ambush: Callable[[Any], None] = lambda peer: None

    def heal(self) -> None:
        self.storm = 0.0
        self.denied.clear()
        self.unreadable.clear()

    def strikes(self, share: float = 1.0) -> bool:
        struck = self.scheduler.random.random() < self.storm * share
        self.faults += struck
        return struck


class FaultyLink:
    """A replicator's view of a peer; every call gives way to the other actors before and after."""

    def __init__(self, peer: Any, weather: Weather) -> None:
        self._peer = peer
        self._weather = weather

    @property
    def name(self) -> str:
        return str(self._peer.name)

    def __getattr__(self, call: str) -> Any:
        if call not in CALLS:
            raise AttributeError(call)
        return lambda *args, **kwargs: self._call(call, args, kwargs)

    def _call(self, call: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        weather = self._weather
        weather.scheduler.pause()
        if weather.strikes(0.5):
            raise weather.scheduler.random.choice((LineCut, Overloaded, StorageFailed, _Broken))("before")
        if weather.strikes(0.1):
            weather.ambush(self._peer)  # the worst moments for a database to change are these
        do = getattr(self, f"_{call}", None) or getattr(self._peer, call)
        answer = do(*args, **kwargs)
        if weather.strikes(0.1):
            weather.ambush(self._peer)
        # A log delivered again later would be a peer set back: a world does that itself.
        if weather.strikes(0.2) and call != "put_local":
            self._later(do, args, kwargs)
        weather.scheduler.pause()
        if weather.strikes(0.3):
            raise LineCut("the answer was lost")
        return answer

    def _later(self, do: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """The network delivers the request once more, some time after."""

        def again() -> None:
            self._weather.scheduler.sleep(self._weather.scheduler.random.random() * 20)
            try:
                do(*args, **kwargs)
            except SyncError:
                return

        self._weather.scheduler.spawn(again)

    def _bulk_docs(self, docs: Sequence[DocumentLike], *, new_edits: bool = True) -> list[WriteResult]:
        if len(docs) > 1 and self._weather.strikes(0.2):
            raise self._weather.scheduler.random.choice((TooLarge, BadRequest))("the whole batch")
        denied = self._weather.denied
        rows = iter(self._peer.bulk_docs([d for d in docs if d["_id"] not in denied], new_edits=new_edits))
        refusal = WriteResult("", error=Forbidden.error, reason="Not yet.")
        return [refusal if doc["_id"] in denied else next(rows) for doc in docs]

    def _bulk_get(self, wanted: Sequence[tuple[str, str | None]], **options: Any) -> Any:
        if any(doc_id in self._weather.unreadable for doc_id, _ in wanted):
            raise BadRequest("A document cannot be read.")
        return self._peer.bulk_get(wanted, **options)


class _Broken(SyncError):
    """An answer that says nothing but that the server fell over it."""

    error = "internal_server_error"
