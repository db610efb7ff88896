"""How much one request may ask for, and how long it may wait: settings of whoever mounts the face."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any


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
    max_local_bytes: int = 1_000_000
    max_url_bytes: int = 8_000
    max_batch_rows: int = 10_000
    max_working: int = 1_000
    max_feeds: int = 9_000
    page_rows: int = 2_000
    feed_timeout_s: float = 60.0
    recheck_s: float = 4.0


def names_of_limits() -> list[str]:
    return [each.name for each in fields(Limits)]


def limits_of(texts: Iterable[str]) -> Limits:
    """Return the limits with those that `name=number` set. Raises: ValueError, with the text that is bad."""
    kinds = {each.name: float if isinstance(each.default, float) else int for each in fields(Limits)}
    given: dict[str, Any] = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            value = kinds[name](number)
        except (KeyError, ValueError) as error:
            raise ValueError(text) from error
        if not 0 < value < 10**15:
            raise ValueError(text)
        given[name] = value
    return Limits(**given)
