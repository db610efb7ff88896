"""How much one request may ask for, and how long it may wait."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_body_bytes` bounds a body before and after inflation alike.

    `recheck_s`: how often an open feed asks the guard again, so that a revocation closes it.
    """

    max_body_bytes: int = 67_108_864
    max_local_bytes: int = 1_000_000
    max_url_bytes: int = 8_000
    max_batch_rows: int = 10_000
    feed_timeout_s: float = 60.0
    recheck_s: float = 4.0
