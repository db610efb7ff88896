"""One request as the endpoints see it: what it names, what it may see, and the database behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from flask import Request, Response

from sync.http.body import read_object, require_json_type
from sync.http.compactions import Compactions
from sync.http.guard import Access, Endpoint, Guard
from sync.http.limits import Limits
from sync.http.load import Load
from sync.http.quarantine import Quarantine
from sync.http.shared_pages import SharedPages
from sync.http.waiting import RunBlocking, Waiter
from sync.peer import Peer, Server

T = TypeVar("T")


class Sessions(Protocol):
    """Answers `_session` where the mounting application has cookie sessions for CouchDB clients."""

    def show(self, request: Request) -> Response: ...

    def sign_in(self, request: Request) -> Response: ...

    def sign_out(self, request: Request) -> Response: ...


@dataclass(frozen=True, slots=True)
class Face:
    """What the blueprint was made with."""

    server: Server
    guard: Guard
    run_blocking: RunBlocking
    run_quick: RunBlocking
    run_brief: RunBlocking
    waiter: Waiter
    limits: Limits
    sessions: Sessions | None
    version: str
    compactions: Compactions
    quarantine: Quarantine
    shared_pages: SharedPages
    load: Load


@dataclass(frozen=True, slots=True)
class Call:
    """`database` is "" only at server endpoints; `doc_id` holds what follows it, "" for none.

    `args`: the parameters of its address; of a name that is given twice the first.
    """

    face: Face
    request: Request
    prefix: str
    endpoint: Endpoint
    database: str
    doc_id: str
    access: Access
    args: Mapping[str, str]

    def on_peer(self, use: Callable[[Peer], T]) -> T:
        """Run `use` on the database, where blocking is allowed. Raises: DatabaseNotFound."""
        return self.face.run_blocking(lambda: use(self.face.server.open(self.database)))

    def quickly(self, use: Callable[[Peer], T]) -> T:
        """Run `use`, which reads a few rows by their keys and waits for nothing."""
        return self.face.run_quick(lambda: use(self.face.server.open(self.database)))

    def briefly(self, use: Callable[[Peer], T]) -> T:
        """Run `use`, which computes little and then waits for the writer alone."""
        return self.face.run_brief(lambda: use(self.face.server.open(self.database)))

    def json_object(self, *, max_bytes: int | None = None) -> dict[str, Any]:
        """The body of a POST. Raises: UnsupportedMediaType, BadRequest, TooLarge."""
        require_json_type(self.request)
        return read_object(self.request, max_bytes or self.face.limits.max_body_bytes)


Handler = Callable[[Call], Response]
