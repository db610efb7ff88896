"""Which leads are proposed as one fact, each with its grounds (DOMAIN 4, row 1).

Time and domain alone propose nothing: a place that is the same does, or words that are alike where no place
speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any, Final

from rapidfuzz import fuzz, utils

from server.sessions.geometry import distance_m

NEAR_M: Final = 100
WITHIN_DAYS: Final = 14
ALIKE_PERCENT: Final = 55
"""Chinese titles of one fact share about half of their characters, others hardly any."""
MOST: Final = 10
_DAY_S: Final = 86_400
_WEIGHTS: Final = {"near": 40, "same_stake": 40, "same_grid": 25, "same_domain": 15, "alike": 25, "days": 0}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was seen: a position, a stake of the dyke, a cell of the river's grid, or several."""

    lat: float | None = None
    lng: float | None = None
    stake_no: str = ""
    grid_no: int | None = None

    @property
    def has_position(self) -> bool:
        return self.lat is not None and self.lng is not None


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What is compared. `recorded_at` is the phone's time of writing, bounded by beacon and receipt."""

    id: str
    domain: str
    title: str
    description: str
    observed_at: datetime
    recorded_at: datetime
    received_at: datetime
    places: tuple[Place, ...] = ()
    is_time_doubted: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that speaks for it, said by the message `leads.ground.<code>`."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`score` only orders proposals; it is shown to nobody as a probability."""

    id: str
    grounds: tuple[Ground, ...]
    score: int


def proposals(lead: LeadFacts, others: Iterable[LeadFacts]) -> list[Proposal]:
    """Return the others that may tell of the same, the strongest first, with what speaks for each."""
    found = (_proposal(lead, other) for other in others if other.id != lead.id)
    ordered = sorted((p for p in found if p is not None), key=lambda p: (-p.score, p.id))
    return ordered[:MOST]


def earliest_trusted(leads: Iterable[LeadFacts]) -> LeadFacts:
    """Return the lead that was there first; one whose clock is in doubt counts from its arrival.

    The time of observation is typed by hand and so proves nothing. Raises: ValueError for none.
    """
    return min(leads, key=lambda each: (_trusted_at(each), each.id))


def _trusted_at(lead: LeadFacts) -> datetime:
    return lead.received_at if lead.is_time_doubted else lead.recorded_at


def _proposal(lead: LeadFacts, other: LeadFacts) -> Proposal | None:
    days = abs((lead.observed_at - other.observed_at).total_seconds()) / _DAY_S
    if days > WITHIN_DAYS:
        return None
    where, words = _place_grounds(lead, other), _word_grounds(lead, other)
    is_domain_same = lead.domain == other.domain
    if not where and (not words or not is_domain_same or _are_apart(lead, other)):
        return None
    if not is_domain_same and not words:
        return None
    grounds = [*where, Ground("days", {"days": int(days)})]
    grounds += [Ground("same_domain")] if is_domain_same else []
    grounds += words
    return Proposal(other.id, tuple(grounds), sum(_weight(ground) for ground in grounds) - int(days))


def _weight(ground: Ground) -> int:
    most = _WEIGHTS[ground.code]
    if ground.code == "near":
        return most - int(ground.params["distance_m"]) // 5
    return most * int(ground.params["percent"]) // 100 if ground.code == "alike" else most


def _place_grounds(lead: LeadFacts, other: LeadFacts) -> list[Ground]:
    found: list[Ground] = []
    nearest = _distance_m(lead, other)
    if nearest is not None and nearest <= NEAR_M:
        found.append(Ground("near", {"distance_m": round(nearest)}))
    stakes = {p.stake_no.upper() for p in lead.places} & {p.stake_no.upper() for p in other.places} - {""}
    cells = {p.grid_no for p in lead.places} & {p.grid_no for p in other.places} - {None}
    found += [Ground("same_stake", {"stake_no": stake}) for stake in sorted(stakes)]
    found += [Ground("same_grid", {"grid_no": cell}) for cell in sorted(filter(None, cells))]
    return found


def _distance_m(lead: LeadFacts, other: LeadFacts) -> float | None:
    """Return the shortest way between their positions; None where one of them has none."""
    pairs = product(lead.places, other.places)
    ways = [
        distance_m(a.lat, a.lng, b.lat, b.lng)
        for a, b in pairs
        if a.lat is not None and a.lng is not None and b.lat is not None and b.lng is not None
    ]
    return min(ways, default=None)


def _are_apart(lead: LeadFacts, other: LeadFacts) -> bool:
    """Do both say where, in the same way, and differ?"""
    if _distance_m(lead, other) is not None:
        return True
    stakes = [{p.stake_no for p in each.places} - {""} for each in (lead, other)]
    cells = [{p.grid_no for p in each.places} - {None} for each in (lead, other)]
    return all(stakes) or all(cells)


def _word_grounds(lead: LeadFacts, other: LeadFacts) -> list[Ground]:
    titles = fuzz.ratio(lead.title, other.title, processor=utils.default_process)
    texts = fuzz.ratio(lead.description, other.description, processor=utils.default_process)
    percent = round(max(titles, texts))
    return [Ground("alike", {"percent": percent})] if percent >= ALIKE_PERCENT else []
