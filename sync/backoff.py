"""How long to wait after a failure: by the class of the error, doubling, with jitter."""

from __future__ import annotations

from typing import Final

from sync.clock import Clock
from sync.errors import DatabaseNotFound, Forbidden, SyncError, Unauthorized

_BUSY_STATUS: Final = frozenset({429, 503})
_SERVER_TROUBLE: Final = 500


class Backoff:
    """Counts failures in a row; `succeeded` begins anew.

    Full waits are never taken by many at once: each is shortened by up to half, by chance.
    """

    def __init__(self, clock: Clock, *, attempts: int | None, is_patient: bool = False) -> None:
        """`attempts`: failures in a row before it is given up; None: never. `is_patient`: what only a
        person can mend (a password, a database that is gone) is waited for as well."""
        self._clock = clock
        self._attempts = attempts
        self._is_patient = is_patient
        self._failures = 0

    def succeeded(self) -> None:
        self._failures = 0

    def delay_s(self, error: SyncError) -> float | None:
        """Return how long to wait before the next attempt; None: give up."""
        first_s, longest_s = _waits(error, is_patient=self._is_patient)
        self._failures += 1
        if longest_s == 0 or (self._attempts is not None and self._failures >= self._attempts):
            return None
        asked_s = float(getattr(error, "retry_after_s", None) or 0)
        full_s = min(longest_s, first_s * 2.0 ** min(self._failures - 1, 30))
        return max(asked_s, full_s * (0.5 + self._clock.chance() / 2))


def is_transient(error: SyncError) -> bool:
    """Whether the same request may well succeed later without anybody's doing."""
    return error.is_retryable or error.status == _SERVER_TROUBLE or error.status in _BUSY_STATUS


def _waits(error: SyncError, *, is_patient: bool) -> tuple[float, float]:
    """Return the first wait and the longest in seconds; a longest of 0 says: do not try again."""
    if error.status in _BUSY_STATUS:
        return 0.5, 300.0
    if is_transient(error):
        return 0.25, 60.0
    if is_patient and isinstance(error, (DatabaseNotFound, Forbidden, Unauthorized)):
        return 15.0, 300.0
    return 0.0, 0.0
