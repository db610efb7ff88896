"""Whoever is looking: the member behind a console session, with the grants of this moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, cast

from flask import g

COUNTY = "county"


class GrantLike(Protocol):
    """What the console asks of a grant."""

    @property
    def role(self) -> str: ...

    @property
    def scope(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a permission goes: the county, or these townships and stations. Empty means nothing."""

    is_county: bool = False
    townships: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()

    @classmethod
    def of(cls, grants: Iterable[GrantLike]) -> Reach:
        """Return the reach of these grants together; a scope of another kind reaches no record."""
        scopes = {grant.scope for grant in grants}
        return cls(
            is_county=COUNTY in scopes,
            townships=frozenset(s.removeprefix("township:") for s in scopes if s.startswith("township:")),
            stations=frozenset(s for s in scopes if s.startswith("station:")),
        )

    @property
    def asked_townships(self) -> frozenset[str] | None:
        """What a query of the read model is asked for; None: all."""
        return None if self.is_county else self.townships

    @property
    def asked_stations(self) -> frozenset[str] | None:
        return None if self.is_county else self.stations

    def has(self, *, township: str | None = None, station: str | None = None) -> bool:
        """Does it reach a record of this township or station?"""
        return self.is_county or township in self.townships or station in self.stations


@dataclass(frozen=True, slots=True)
class Viewer:
    """`session` names the session for lists and revocation; `anti_forgery` is what its forms must carry."""

    member: str
    display_name: str
    grants: tuple[GrantLike, ...]
    session: str
    anti_forgery: str
    roles: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", tuple(dict.fromkeys(grant.role for grant in self.grants)))


def current_viewer() -> Viewer | None:
    """Return whoever is signed in, as gate.open_gate found at the start of this request."""
    return cast("Viewer | None", g.get("viewer"))


def the_viewer() -> Viewer:
    """Return the viewer of a route that already requires one."""
    viewer = current_viewer()
    if viewer is None:
        raise LookupError("this route must require a permission")
    return viewer
