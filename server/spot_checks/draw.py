"""The draw: who is looked at today, by risk and by chance. Pure; the same seed and pool give the same answer.

Everybody in the pool has a chance; a weight of ten is ten times as likely to come first as a weight of one.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

RECENT_SESSIONS: Final = 10
HEAVIEST: Final = 200
NOT_FOUND_ADDS: Final = 20
"""Who was not met, or whose place somebody else took, is likely to be looked at again."""
_EXACT: Final = Context(prec=30)
_SPAN: Final = Decimal(2**64 + 1)


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Somebody who is expected at a station; ids without their types."""

    order: str
    station: str
    weight: int

    @property
    def line(self) -> str:
        """How the candidate stands in the pool."""
        return f"{self.order} {self.station} {self.weight}"


def candidate_of(line: str) -> Candidate:
    """Return the candidate that stands so in a pool. Raises: ValueError."""
    order, station, weight = line.split(" ")
    return Candidate(order, station, int(weight))


def weight_of(session_weights: Sequence[int], outcomes: Sequence[str]) -> int:
    """Return how likely a look is: doubts about the latest sessions, and what earlier looks found.

    Both the latest first; an outcome is what was found, or `not_met` or `could_not`.
    """
    doubts = sum(weight - 1 for weight in session_weights[:RECENT_SESSIONS])
    misses = sum(outcome in ("not_met", "other_person") for outcome in outcomes)
    whole = 1 + doubts + NOT_FOUND_ADDS * misses
    if outcomes and outcomes[0] == "serving":
        whole //= 2
    return max(1, min(HEAVIEST, whole))


def how_many(expected: int, *, percent: int, most: int) -> int:
    """Return how many are looked at of so many expected: the share, rounded up, at least one."""
    return min(expected, most, max(1, -(-expected * percent // 100))) if expected else 0


def drawn(seed: str, pool: Iterable[Candidate], count: int) -> list[Candidate]:
    """Return the first `count` of the pool, as the seed orders it."""
    return sorted(pool, key=lambda each: (_wait(seed, each), each))[:count]


def holds(body: Mapping[str, Any]) -> bool:
    """Does the draw, repeated from seed and pool, come to this very person at this rank?"""
    try:
        pool = [candidate_of(line) for line in body["pool"]]
    except ValueError:
        return False
    order = drawn(body["seed"], pool, int(body["rank"]))
    told = (body["order"].partition(":")[2], body["station"].partition(":")[2], body["weight"])
    return len(order) == body["rank"] and told == _told(order[-1])


def pool_of(candidates: Sequence[Candidate]) -> list[str]:
    """Return the pool as it is written down, in an order that tells nothing."""
    return [each.line for each in sorted(candidates)]


def _wait(seed: str, candidate: Candidate) -> Decimal:
    """Return an exponential waiting time: the heavier, the shorter; exact, so that every machine agrees."""
    text = f"{candidate.order} {candidate.station}".encode()
    ticket = int.from_bytes(hmac.digest(bytes.fromhex(seed), text, "sha256")[:8], "big")
    chance = _EXACT.divide(Decimal(ticket + 1), _SPAN)
    return _EXACT.divide(-_EXACT.ln(chance), Decimal(candidate.weight))


def _told(candidate: Candidate) -> tuple[str, str, int]:
    return candidate.order, candidate.station, candidate.weight
