"""Too many failures: per account and per address, counted before the work is done, kept across restarts.

Never a permanent lock, which would let anyone keep a colleague out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from server.identity.accounts import Accounts
from server.identity.crypto import KeyRing
from server.identity.instants import instant, later, now, seconds_until
from sync.peer import Document

WINDOW_S = 15 * 60
PER_ACCOUNT = 5
PER_ADDRESS = 20
"""Failures within the window. Spec: ATTACKS 3, "Lockout"."""


class LockedOut(Exception):
    """Too many failures; try again after `retry_after_s`."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"locked out for {retry_after_s} s")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that counts as failed until `forgive` is called."""

    counters: tuple[str, ...]
    at: str


class Lockout:
    """Counters in `accounts` under keyed hashes: no login name and no address is readable there."""

    def __init__(
        self,
        accounts: Accounts,
        key_ring: KeyRing,
        clock: Callable[[], datetime] = now,
        *,
        purpose: str = "console",
    ) -> None:
        self._purpose = purpose
        self._accounts = accounts
        self._key_ring = key_ring
        self._clock = clock

    def attempt(self, *, account: str | None, address: str) -> Attempt:
        """Count an attempt, before anything costly is done. Raises: LockedOut.

        Counted first and forgiven after success, so that a hundred attempts at once are no way round.
        """
        at = self._clock()
        counters = [(self._counter("address", address), PER_ADDRESS)]
        if account is not None:
            counters.insert(0, (self._counter("account", account), PER_ACCOUNT))
        taken: list[str] = []
        for counter, limit in counters:
            try:
                self._count(counter, limit, at)
            except LockedOut:
                self._take_back(taken, instant(at))
                raise
            taken.append(counter)
        return Attempt(tuple(taken), instant(at))

    def check(self, *, address: str) -> None:
        """Ask without counting. Raises: LockedOut."""
        self._count(self._counter("address", address), PER_ADDRESS, self._clock(), is_counted=False)

    def forgive(self, attempt: Attempt) -> None:
        """The attempt succeeded: the account starts afresh, the address gets this one back."""
        for counter in attempt.counters:
            if counter.startswith("lockout:account-"):
                self._accounts.update(counter, lambda found: found and {**found, "failures": []})
            else:
                self._take_back([counter], attempt.at)

    def forget_old(self) -> int:
        """Remove the counters without a failure in the window; returns how many."""
        since = later(self._clock(), seconds=-WINDOW_S)
        old = [
            document["_id"]
            for document in self._accounts.of_kind("lockout")
            if not any(failure > since for failure in document["failures"])
        ]
        return sum(self._accounts.delete(counter) for counter in old)

    def _counter(self, kind: str, value: str) -> str:
        return f"lockout:{kind}-{self._key_ring.lookup(f'{self._purpose} {kind}', value)}"

    def _count(self, counter: str, limit: int, at: datetime, *, is_counted: bool = True) -> None:
        since = later(at, seconds=-WINDOW_S)

        def counted(found: Document | None) -> Document | None:
            failures = [failure for failure in (found or {}).get("failures", []) if failure > since]
            if len(failures) >= limit:
                opens_at = later(failures[-limit], seconds=WINDOW_S)
                raise LockedOut(max(1, ceil(seconds_until(opens_at, at))))
            if not is_counted:
                return None
            return {**(found or {}), "failures": [*failures, instant(at)]}

        self._accounts.update(counter, counted)

    def _take_back(self, counters: list[str], at: str) -> None:
        def without(found: Document | None) -> Document | None:
            if found is None or at not in found["failures"]:
                return None
            failures = list(found["failures"])
            failures.remove(at)
            return {**found, "failures": failures}

        for counter in counters:
            self._accounts.update(counter, without)
