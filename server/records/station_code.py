"""The rotating code that a station's display shows: six digits from a secret and the minute.

It can be checked without a network, by whoever has the secret, long after it was typed.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

PERIOD_S = 60
_DIGITS = 6


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


def _period(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone names no period")
    return int(at.timestamp()) // PERIOD_S


def _code_of_period(secret: bytes, period: int) -> str:
    digest = hmac.new(secret, period.to_bytes(8, signed=True), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10**_DIGITS:0{_DIGITS}d}"
