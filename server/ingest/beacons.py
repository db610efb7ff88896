"""When a beacon was given out, found again from its hash: none is stored (DESIGN 2, "Time").

A beacon states a whole second and an epoch, so the seconds around the phone's own estimate are tried. An
estimate that is minutes off finds nothing, and the entry is bounded by the device's enrolment instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from server.identity.beacon import beacon_statement
from server.identity.crypto import KeyRing
from server.records.canonical import canonical, sha256_hex
from server.records.entry import parse_time

SEARCH_S: Final = 120
MOST_REMEMBERED: Final = 10_000


class BeaconTimes:
    """One object a process; remembers what it found, and what it did not."""

    def __init__(self, key_ring: KeyRing, epochs: Callable[[], Iterable[str]]) -> None:
        self._key_ring = key_ring
        self._epochs = epochs
        self._found: dict[str, str | None] = {}

    def given_at(self, entry: Mapping[str, Any]) -> str | None:
        """Return the second before which the entry was not made; None when its beacon is not found."""
        clock = entry["clock"]
        beacon, since_ms = clock["beacon"], clock["since_ms"]
        at = parse_time(entry["at"])
        if beacon is None or at is None:
            return None
        if beacon not in self._found:
            if len(self._found) >= MOST_REMEMBERED:
                self._found.clear()
            self._found[beacon] = self._search(beacon, at, -clock["skew_ms"] - (since_ms or 0))
        return self._found[beacon]

    def _search(self, beacon: str, at: datetime, offset_ms: int) -> str | None:
        try:
            middle = at.astimezone(UTC) + timedelta(milliseconds=offset_ms)
            tried = [middle + timedelta(seconds=n) for n in sorted(range(-SEARCH_S, SEARCH_S + 1), key=abs)]
        except OverflowError:
            return None
        for epoch in self._epochs():
            for moment in tried:
                statement = beacon_statement(self._key_ring, moment, epoch)
                if sha256_hex(canonical(statement)) == beacon:
                    return statement["at"]
        return None
