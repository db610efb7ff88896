"""What the station says of a session: confirmed, denied, unseen, only staff, only participant (rows 5–8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.sessions.facts import REVIEWERS, Attestation, CheckEvent, Facts, Order
from server.sessions.minutes import Calendar, minute_of, moment_of
from server.sessions.outcome import Flag
from server.sessions.pairing import Draft, Times
from server.sessions.terms import Terms

SHORT_HASH = 6
"""Characters of a check-in's hash that can be read out and typed."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was said about one session, and by whom; an operator set right by the township counts."""

    confirmed_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    attestations: tuple[Attestation, ...]
    is_seen: bool
    """Confirmed by its hash, or by records of the station's own at both ends."""


def matched(
    attestations: Iterable[Attestation], drafts: Sequence[Draft], times: Times, calendar: Calendar
) -> tuple[dict[str, list[Attestation]], list[Attestation]]:
    """Return the attestations by the draft's key, and those that fit none yet."""
    found: dict[str, list[Attestation]] = {}
    unmatched: list[Attestation] = []
    for word in sorted(attestations, key=lambda each: (each.at, each.id)):
        draft = _meant(word, drafts, times, calendar)
        if draft is None:
            unmatched.append(word)
        else:
            found.setdefault(draft.key, []).append(word)
    return found, unmatched


def _meant(word: Attestation, drafts: Sequence[Draft], times: Times, calendar: Calendar) -> Draft | None:
    there = [draft for draft in drafts if (draft.order, draft.station) == (word.order, word.station)]
    if word.about is not None:
        named = [draft for draft in there if any(_is_named(event, word.about) for event in draft.events)]
        return named[0] if len(named) == 1 else None
    minute = minute_of(word.at)
    # Unseen: the session that it was said in or after, that day.
    begun = [each for each in there if each.day == calendar.day(minute) and each.begins(times) <= minute]
    return max(begun, key=lambda each: (each.begins(times), each.key), default=None)


def _is_named(event: CheckEvent, about: str) -> bool:
    return event.hash == about if len(about) > SHORT_HASH else event.hash.startswith(about.lower())


def words(draft: Draft, attestations: Iterable[Attestation], operators: Mapping[str, str]) -> Words:
    """Return who confirms and who denies a session."""
    said = tuple(attestations)
    confirming = dict.fromkeys(word.by for word in said if word.kind == "confirm")
    is_seen = any(word.kind == "confirm" and word.about is not None for word in said)
    ends = [mark.stations for mark in (draft.ins, draft.outs) if mark and mark.stations]
    if len(ends) == 2:  # the station recorded both ends itself: that is its word
        confirming |= dict.fromkeys(operators.get(event.id, event.author) for event in ends)
        is_seen = True
    if draft.claim is not None:  # township or above wrote it, with a witness or a scan
        confirming |= {operators.get(draft.claim.id, draft.claim.author): None}
        is_seen = True
    denying = dict.fromkeys(word.by for word in said if word.kind == "deny")
    return Words(tuple(confirming), tuple(denying), said, is_seen)


def operators_of(facts: Facts) -> dict[str, str]:
    """Return who really acted, where a township set it right (row 17); the last word by id counts."""
    return {
        each.event: each.operator
        for each in sorted(facts.reassignments, key=lambda one: one.id)
        if each.role in REVIEWERS
    }


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a session waits for, and until when."""

    reasons: tuple[str, ...]
    due_on: date | None
    flags: tuple[Flag, ...]


def waiting(draft: Draft, said: Words, order: Order, ended_at: int, terms: Terms) -> Waiting:
    """Return what is missing before a person may credit the session."""
    settings, calendar = terms.settings, terms.calendar
    if said.denied_by:
        denied_at = max(word.at for word in said.attestations if word.kind == "deny")
        due_on = calendar.due(denied_at, settings.dispute_within_days)
        return Waiting(("review_of_dispute",), due_on, (Flag("denied", {"by": len(said.denied_by)}),))
    if not any(event.is_participants for event in draft.events):
        return _only_staff(draft, order)
    if said.confirmed_by:
        return Waiting((), None, () if said.is_seen else (Flag("confirmed_unseen", {}),))
    due_on = calendar.due(moment_of(ended_at), settings.confirm_within_days)
    if calendar.day(terms.now_minute) > due_on:
        return Waiting(("township_review",), due_on, (Flag("unconfirmed", {"due_on": due_on.isoformat()}),))
    return Waiting(("confirmation",), due_on, ())


def _only_staff(draft: Draft, order: Order) -> Waiting:
    """Row 6: enough at L1; above it a photo or the sheet has to show it."""
    flags = (Flag("only_station", {}),)
    if order.verify_level == "L1" or draft.claim is not None or any(e.photos for e in draft.events):
        return Waiting((), None, flags)
    return Waiting(("photo_or_sheet",), None, flags)
