"""Late entries and lines of paper: each completes a session, or is one (DOMAIN 3.4; 4, rows 9 and 31)."""

from __future__ import annotations

from collections.abc import Iterable

from server.sessions.facts import CheckEvent
from server.sessions.minutes import Calendar, Span, minute_of
from server.sessions.outcome import SetAside
from server.sessions.pairing import Draft, Times
from server.sessions.settings import SessionSettings
from server.sessions.span import claimed_span


def with_claims(
    drafts: list[Draft],
    events: Iterable[CheckEvent],
    times: Times,
    calendar: Calendar,
    settings: SessionSettings,
) -> tuple[list[Draft], list[SetAside]]:
    """Return the sessions with what was entered later, and the claims that say nothing new."""
    found, redundant = list(drafts), []
    claims = [event for event in events if event.kind in ("late_entry", "sheet_line")]
    for claim in sorted(claims, key=lambda event: (claimed_span(event), event.id)):
        day = calendar.day(claimed_span(claim).start)
        near = [
            draft
            for draft in found
            if (draft.order, draft.station, draft.day) == (claim.order, claim.station, day)
            and _meet(draft, claim, times, settings)
        ]
        fitting = [draft for draft in near if draft.claim is None and _takes(draft, claim)]
        if fitting:
            fitting[0].claim = claim
        elif near:
            redundant.append(SetAside(claim.id, "claim_redundant"))
        else:
            found.append(Draft(claim.order, claim.station, day, None, claim=claim))
    return found, redundant


def _takes(draft: Draft, claim: CheckEvent) -> bool:
    """A late entry fills in a missing end; paper, the station's record, bears out a whole session too."""
    return claim.kind == "sheet_line" or draft.ins is None or draft.outs is None


def _meet(draft: Draft, claim: CheckEvent, times: Times, settings: SessionSettings) -> bool:
    """Does what was recorded lie within what is claimed, or near it?"""
    claimed = claimed_span(claim)
    if draft.claim is not None:
        other = claimed_span(draft.claim)
        return claimed.within(other).length > 0
    near = settings.pair_within_min
    wide = Span(claimed.start - near, claimed.end + near)
    minutes = [minute_of(times[event.id].at) for event in draft.events]
    if draft.ins is not None and draft.outs is not None:
        whole = Span(min(minutes), max(minutes))
        return claimed.within(whole).length > 0
    return any(wide.start <= minute <= wide.end for minute in minutes)
