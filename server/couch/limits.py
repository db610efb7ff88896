"""The limits of `liandong couch`: of its HTTP face, of the engine behind it, and of guessing passwords.

Each is a setting, `--limit NAME=NUMBER`; sync/README.md says what is answered beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

from sync.http.limits import Limits


@dataclass(frozen=True, slots=True)
class CouchLimits(Limits):
    """`max_leaves`: revisions beside each other that replication may bring into one document.

    `max_waiting_writes`: callers in the queue of the engine's writer.
    `max_wrong_passwords`: of one name from one address within ten seconds.
    """

    max_leaves: int = 1_000
    max_waiting_writes: int = 10_000
    max_wrong_passwords: int = 50


_HIGHEST: Final = {"max_depth": 500, "max_generation": 9_999_999, "max_id_bytes": 8_000}
"""Beyond these parsers give up, PouchDB cannot edit any more, and no URL names a document."""

_FIELDS: Final[dict[str, Any]] = {each.name: each.default for each in fields(CouchLimits)}


def shown_limits() -> str:
    """Return every limit as it is if nobody sets it."""
    return ", ".join(
        f"{name}={default:g}" if default < 1000 else f"{name}={default}" for name, default in _FIELDS.items()
    )


def limits_of(texts: Iterable[str]) -> CouchLimits:
    """Return the limits with those that `name=number` set. Raises: ValueError, with the text that is bad."""
    given: dict[str, Any] = {}
    for text in texts:
        name, _, number = text.partition("=")
        try:
            value = type(_FIELDS[name])(number)
        except (KeyError, ValueError) as error:
            raise ValueError(text) from error
        if not 0 < value <= _HIGHEST.get(name, 10**15):
            raise ValueError(text)
        given[name] = value
    return CouchLimits(**given)
