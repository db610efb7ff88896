"""What an entry's neighbours say about it, derived from all that is there, so that arrival order is nothing.

Flags, never refusals: a gap or a fork stops nothing that follows it (DESIGN 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Link(NamedTuple):
    """One judged entry at its place in a log; `flags` are those stored now."""

    log: str
    number: int
    hash: str | None
    prev: str | None
    is_extra: int
    flags: str


def chain_flags(link: Link, here: Sequence[Link], before: Sequence[Link]) -> list[dict[str, Any]]:
    """Return the flags of a link, given all at its own place and all at the place before."""
    flags = []
    if len(here) > 1:
        flags.append(_flag("fork", link.number))
    if link.number > 1:
        flags += _about_predecessor(link, before)
    return flags


def _about_predecessor(link: Link, before: Sequence[Link]) -> list[dict[str, Any]]:
    missing = link.number - 1
    if not before:
        return [_flag("gap", missing)]
    if link.prev is None or any(other.hash == link.prev for other in before):
        return []
    if any(other.hash is None for other in before):
        return [_flag("after_unreadable", missing)]
    return [_flag("chain_broken", missing)]


def _flag(code: str, number: int) -> dict[str, Any]:
    return {"code": code, "params": {"entry": number}}
