"""How much one request may ask for, and how long it may wait: settings of whoever mounts the face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`max_body_bytes` bounds a body before and after inflation alike.

    `page_rows`: how many rows of a feed or list are read at once; a long answer is streamed in such pieces.
    `max_working`, `max_feeds`: how many requests a process works on, and how many feeds wait in it, at once.
    `recheck_s`: how often an open feed asks the guard again, so that a revocation closes it.
    """

    max_body_bytes: int = 67_108_864
    max_document_bytes: int = 8_000_000
    max_depth: int = 200
    max_generation: int = 9_999_999
    max_id_bytes: int = 8_000
    max_local_bytes: int = 1_000_000
    max_url_bytes: int = 8_000
    max_batch_rows: int = 10_000
    max_working: int = 1_000
    max_feeds: int = 9_000
    page_rows: int = 2_000
    feed_timeout_s: float = 60.0
    recheck_s: float = 4.0
