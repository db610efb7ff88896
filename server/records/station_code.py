"""The rotating code that a station's display shows: six digits from a secret and the minute.

It can be checked without a network, by whoever has the secret, long after it was typed. A station's secrets
are numbered: one that was lost is good for what was shown before, and doubted from the loss on.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PERIOD_S = 60
_DIGITS = 6

CodeOutcome = Literal["right", "lost", "wrong"]


@dataclass(frozen=True, slots=True)
class StationSecret:
    """One of a station's secrets; `lost_at` is None while nothing is known against it."""

    number: int
    key: bytes = field(repr=False)
    lost_at: datetime | None = None

    def is_good(self, at: datetime) -> bool:
        return self.lost_at is None or at < self.lost_at


def code_at(secret: bytes, at: datetime) -> str:
    """Return the code shown at this moment, which has a time zone."""
    return _code_of_period(secret, _period(at))


def matches(secret: bytes, value: str, at: datetime, tolerance_periods: int = 1) -> bool:
    """Was this code shown at the moment, or within so many periods of it?"""
    if not value.isascii():  # which compare_digest does not take
        return False
    period = _period(at)
    return any(
        hmac.compare_digest(_code_of_period(secret, period + offset), value)
        for offset in range(-tolerance_periods, tolerance_periods + 1)
    )


def outcome_of(
    secrets: Sequence[StationSecret], value: str, at: datetime, *, not_before: datetime | None = None
) -> CodeOutcome:
    """Return whether a station showed this code then, `lost` where only a secret lost by then gives it.

    `not_before`: it was certainly used no earlier, whatever its clock says.
    """
    surely_at = max(at, not_before or at)
    fitting = [secret for secret in secrets if matches(secret.key, value, at)]
    if not fitting:
        return "wrong"
    return "right" if any(secret.is_good(surely_at) for secret in fitting) else "lost"


def _period(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone names no period")
    return int(at.timestamp()) // PERIOD_S


def _code_of_period(secret: bytes, period: int) -> str:
    digest = hmac.new(secret, period.to_bytes(8, signed=True), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**_DIGITS:0{_DIGITS}d}"
