"""Questions about one database: its path is put in front, and what its answers say is understood."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from sync.couchdb.address import quoted_database
from sync.couchdb.answers import Answer
from sync.couchdb.connection import Connection, Parameters
from sync.couchdb.retries import Patience


class HasPlaces(Protocol):
    """Knows what a database is called on the server."""

    def place_of(self, name: str) -> str: ...


class Asking:
    """One database, by the name that we call it; the name on the server is looked up at every question."""

    def __init__(self, name: str, connection: Connection, places: HasPlaces) -> None:
        self.name = name
        self.connection = connection
        self._places = places

    def path(self, below: str = "") -> str:
        database = "/" + quoted_database(self._places.place_of(self.name))
        return f"{database}/{below}" if below else database

    def ask(
        self,
        method: str,
        below: str = "",
        parameters: Parameters | None = None,
        body: object = None,
        *,
        is_repeatable: bool = True,
        timeout_s: float | None = None,
        patience: Patience | None = None,
    ) -> Answer:
        """See Connection.ask."""
        return self.connection.ask(
            method,
            self.path(below),
            parameters,
            body,
            is_repeatable=is_repeatable,
            timeout_s=timeout_s,
            patience=patience,
        )

    def stream(
        self,
        method: str,
        below: str,
        parameters: Parameters | None = None,
        body: object = None,
        *,
        silence_s: float,
    ) -> AbstractContextManager[Iterator[bytes]]:
        """See Connection.stream."""
        return self.connection.stream(method, self.path(below), parameters, body, silence_s=silence_s)
