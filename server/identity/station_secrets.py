"""The numbered secrets of stations' rotating codes: which is in use, and since when an earlier one is lost.

Only numbers and times are kept; the secrets are derived. Whoever holds a lost one can show its codes for
ever, so they are doubted from the loss on, and what was shown before stays good.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server.identity.accounts import Accounts
from server.identity.crypto import KeyRing
from server.identity.instants import Moment, instant
from server.records.station_code import StationSecret
from sync.peer import Document

KIND = "station_secret"


class StationSecrets:
    """Follows `accounts`, so that what another process replaced counts within a second."""

    def __init__(self, accounts: Accounts, key_ring: KeyRing) -> None:
        self._accounts = accounts
        self._key_ring = key_ring
        self._lost: dict[str, list[str]] = {}
        accounts.follow(KIND, self._on_document)

    def all_of(self, station: str) -> tuple[StationSecret, ...]:
        """Return every secret that the station has had, the oldest first; the last is in use."""
        self._accounts.refresh()
        lost = self._lost.get(station, [])
        gone = [self._secret(station, number, at) for number, at in enumerate(lost, start=1)]
        return (*gone, self._secret(station, len(lost) + 1, None))

    def current(self, station: str) -> StationSecret:
        return self.all_of(station)[-1]

    def replace(self, station: str, lost_at: Moment, by: str) -> StationSecret:
        """Take the secret in use for lost since this moment, and return the next one."""

        def replaced(found: Document | None) -> Document:
            lost = list(found["lost"]) if found else []
            row: dict[str, Any] = {"at": instant(lost_at), "by": by}
            return {**(found or {}), "lost": [*lost, row]}

        self._accounts.update(f"{KIND}:{station}", replaced)
        return self.current(station)

    def _secret(self, station: str, number: int, lost_at: str | None) -> StationSecret:
        key = self._key_ring.station_secret(station, number)
        return StationSecret(number, key, datetime.fromisoformat(lost_at) if lost_at else None)

    def _on_document(self, document: Document) -> None:
        station = document["_id"].partition(":")[2]
        if not document.get("_deleted"):
            self._lost[station] = [row["at"] for row in document["lost"]]
