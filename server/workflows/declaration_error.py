"""What is wrong with a workflow's file; raised at start, naming the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.records.names import ROLES


class DeclarationError(ValueError):
    """A workflow's file says something that cannot be."""


def refuse_unknown(where: str, table: Mapping[str, Any], known: Iterable[str], what: str = "member") -> None:
    """Raise where the table has a member that means nothing."""
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise DeclarationError(f"{where}: unknown {what} {unknown[0]!r}")


def declared_roles(where: str, names: list[str]) -> frozenset[str]:
    """Return the roles. Raises: DeclarationError where one is none."""
    refuse_unknown(where, dict.fromkeys(names), ROLES, "role")
    return frozenset(names)
