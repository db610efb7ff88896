"""Which sessions a viewer is shown: of own places, or an auditor's masked sample (DOMAIN 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from server.console.permissions import TABLE, Permission, reach
from server.console.viewer import GrantLike, Reach, Viewer
from server.readmodel.supervision_queries import SessionQuestion, SessionRow, session_ids
from server.services import current

SAMPLED: Final = "auditor"
SAMPLE_ONE_IN: Final = 20
"""An auditor is shown one session in so many; which ones, nobody chooses."""
_PURPOSE: Final = "audit_sample"
_MASK: Final = "••"


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a viewer sees; `is_masked` hides who took part."""

    own: Reach
    is_masked: bool

    def question(self, asked: SessionQuestion) -> SessionQuestion:
        """Return what was asked for within the viewer's reach."""
        if self.own.is_county:
            found = asked
        else:
            found = replace(asked, townships=self.own.townships, stations=self.own.stations)
        if not self.is_masked:
            return found
        ids = session_ids(current().readmodel, found)
        return replace(found, ids=frozenset(id_ for id_ in ids if is_sampled(id_)))

    def has(self, row: SessionRow) -> bool:
        """May the viewer open this session?"""
        is_reached = self.own.has(township=row.station.get("township"), station=row.session["station"])
        return is_reached and (not self.is_masked or is_sampled(row.session["id"]))

    def code(self, display_code: str) -> str:
        """Return the participant's code as this viewer reads it."""
        return f"{display_code[:1]}{_MASK}" if self.is_masked and display_code else display_code


def scope_of(viewer: Viewer) -> Scope:
    """Return how far the viewer sees; whoever has another role than the auditor's sees by that one."""
    whole = [grant for grant in viewer.grants if grant.role != SAMPLED]
    own = reach_of(whole)
    if own != Reach():
        return Scope(own, is_masked=False)
    return Scope(reach(viewer, Permission.SEE_SESSIONS), is_masked=True)


def reach_of(grants: list[GrantLike]) -> Reach:
    """Return the reach of those grants that let see sessions."""
    return Reach.of(g for g in grants if Permission.SEE_SESSIONS in TABLE.get(g.role, frozenset()))


def is_sampled(session_id: str) -> bool:
    """Is this session in the auditor's sample? It follows from the county's key, and stays as it is."""
    mark = current().key_ring.lookup(_PURPOSE, session_id)
    return int(mark[:8], 16) % SAMPLE_ONE_IN == 0
