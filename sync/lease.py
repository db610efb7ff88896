"""A lease: of several processes on several machines one at a time has it, though their clocks disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Terms:
    """Whoever has it stops before others may take it: `lasts_s` count from a renewal's start, `takeover_s`
    from when it was seen. The room between is for a step that is just being done."""

    takeover_s: float = 30.0

    @property
    def lasts_s(self) -> float:
        return self.takeover_s * 2 / 3

    @property
    def renew_s(self) -> float:
        return self.takeover_s / 6


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has it, as they say themselves; the moments are of their clock and only for people."""

    name: str
    since: str
    renewed: str


class Lease(Protocol):
    """What keeps the count: is_ours, take and release in one thread, renew in another."""

    @property
    def terms(self) -> Terms: ...

    def is_ours(self) -> bool:
        """Whether we have it at this moment."""

    def take(self) -> Holder | None:
        """Take it if it is free or has run out; return who has it, None when it is ours.

        Raises: SyncError when nobody can say.
        """

    def renew(self) -> bool:
        """Say that we are there. False: it is lost, or was not confirmed this time."""

    def release(self) -> None:
        """Let another have it at once; where that cannot be said, it runs out by itself."""
