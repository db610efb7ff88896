"""Projection: follow `central` into this node's read model; another life begins it again."""

from __future__ import annotations

from typing import Final, Protocol

import orjson

from server.bounded_page import bounded_page
from server.readmodel.readmodel import ReadModel
from sync.peer import SEQ_START, Peer, Server

PAGE: Final = 500
CENTRAL: Final = "central"


class HasCentral(Protocol):
    """What the projection needs of the services."""

    @property
    def couch(self) -> Server: ...

    @property
    def readmodel(self) -> ReadModel: ...


class Projection:
    """The one writer of the read model; its checkpoint is in the read model itself."""

    def __init__(self, services: HasCentral) -> None:
        self._couch = services.couch
        self._model: ReadModel = services.readmodel
        self._central: Peer = self._couch.ensure(CENTRAL)

    def run_once(self) -> bool:
        """Take in a page of changes; False when there were none."""
        life = [self._couch.epoch, self._central.info().instance_start_time]
        since = self._since(life)
        page = bounded_page(self._central, since, PAGE)
        if page.rows:
            self._model.apply(page.rows, _cursor(life, page.last_seq))
        if page.pending == 0 and not self._model.is_complete:
            self._model.complete()
        return bool(page.rows)

    def _since(self, life: list[str]) -> str:
        found = orjson.loads(self._model.cursor or "{}")
        if found.get("life") == life:
            return str(found["since"])
        if found:
            self._model.rebuild(_cursor(life, SEQ_START))
        return SEQ_START


def _cursor(life: list[str], since: str) -> str:
    return orjson.dumps({"life": life, "since": since}).decode()
