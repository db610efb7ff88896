"""Grants: who may act in which role, over what, from when to when; and the audiences that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from server.identity.instants import Moment, instant
from server.records.names import ROLES, SYSTEM

GRANTED_AUDIENCES = {
    ("supervisor", "station"): "station",
    ("township_staff", "township"): "township",
    ("agency_liaison", "unit"): "unit",
}
"""Which (role, kind of scope) reads which kind of feed. Spec: ARCHITECTURE, Contracts, "Names"."""

SCOPE_KINDS = {
    "volunteer": "self",
    "participant": "self",
    "supervisor": "station",
    "township_staff": "township",
    "agency_liaison": "unit",
}
"""Over what kind of thing each role is granted; a role that is not named is granted for the county."""

_SCOPES = {
    "county": re.compile("county"),
    "self": re.compile("self"),
    "township": re.compile(r"township:[0-9]{9}"),
    "station": re.compile(r"station:[0-9a-z]{26}"),
    "unit": re.compile(r"unit:[0-9a-z]{26}"),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """`holder` is a member or a device; `valid_to` is None while nobody has ended it."""

    id: str
    holder: str
    role: str
    scope: str
    valid_from: str
    valid_to: str | None = None

    def is_in_force(self, at: Moment) -> bool:
        """Is it in force at this moment? From `valid_from` on, and no longer at `valid_to`."""
        moment = instant(at)
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


def granted_audiences(grants: Iterable[Grant], at: Moment) -> set[str]:
    """Return the audiences beyond the holder's own that these grants give at this moment."""
    found = set()
    for grant in grants:
        kind, _, value = grant.scope.partition(":")
        audience = GRANTED_AUDIENCES.get((grant.role, kind))
        if audience and value and grant.is_in_force(at):
            found.add(f"{audience}-{value}")
    return found


def check_role(role: str) -> str:
    """Raises: ValueError for a role that no person can hold."""
    if role not in ROLES or role == SYSTEM:
        raise ValueError(f"no such role: {role}")
    return role


def default_scope(role: str) -> str | None:
    """Return the scope of a role that needs none named; None where one has to be named."""
    kind = SCOPE_KINDS.get(role, "county")
    return kind if kind in {"county", "self"} else None


def fits_role(role: str, scope: str) -> bool:
    """Is this the text of a scope over which the role can be granted?"""
    return _SCOPES[SCOPE_KINDS.get(role, "county")].fullmatch(scope) is not None


def grant_from_document(document: dict[str, Any]) -> Grant:
    return Grant(
        id=document["_id"].partition(":")[2],
        holder=document["holder"],
        role=document["role"],
        scope=document["scope"],
        valid_from=document["valid_from"],
        valid_to=document["valid_to"],
    )


def grant_document(grant: Grant) -> dict[str, Any]:
    return {
        "_id": f"grant:{grant.id}",
        "holder": grant.holder,
        "role": grant.role,
        "scope": grant.scope,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
    }
