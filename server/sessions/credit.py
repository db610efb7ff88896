"""From minutes borne out to those that can be credited: overlap, breaks, rounding (DOMAIN 3.0)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.sessions.facts import CheckEvent
from server.sessions.minutes import Span, minus, minute_of, total, union
from server.sessions.outcome import Deduction, Flag
from server.sessions.pairing import Times
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Credit:
    """Minutes before any cap, and each step that led there."""

    minutes: int
    deductions: tuple[Deduction, ...]
    counted: tuple[Span, ...]


def credit(
    evidence: Span, breaks: Iterable[Span], taken: Iterable[Span], settings: SessionSettings
) -> Credit:
    """Return what of the evidence counts; `taken` was counted in the person's other sessions (row 21)."""
    counted = minus(evidence, taken)
    deductions = [_overlap(evidence, counted)]
    minutes = total(counted)
    rest_min = total(part for span in union(breaks) for part in _shared(span, counted))
    over_min = max(0, rest_min - settings.free_break_min)
    deductions.append(
        Deduction("break", over_min, {"break_min": rest_min, "free_min": settings.free_break_min})
    )
    minutes -= over_min
    if minutes < settings.minimum_session_min:
        least = {"minimum_min": settings.minimum_session_min}
        deductions.append(Deduction("below_minimum", minutes, least))
        minutes = 0
    rest = minutes % settings.rounding_min
    deductions.append(Deduction("rounding", rest, {"rounding_min": settings.rounding_min}))
    return Credit(minutes - rest, tuple(each for each in deductions if each.minutes), tuple(counted))


def _overlap(evidence: Span, counted: Sequence[Span]) -> Deduction:
    return Deduction("overlap", evidence.length - total(counted))


def _shared(span: Span, counted: Iterable[Span]) -> list[Span]:
    return [part for each in counted if (part := span.within(each)).length]


def breaks_of(
    events: Iterable[CheckEvent], times: Times, evidence: Span, settings: SessionSettings
) -> tuple[list[Span], tuple[Flag, ...]]:
    """Return the breaks of a session; one without an end lasts until the next event, or to the session's end.

    Both sides may have recorded it: the second record of an end says nothing new.
    """
    in_order = sorted(events, key=lambda event: (times[event.id].at, event.id))
    found: list[Span] = []
    flags: list[Flag] = []
    begun: CheckEvent | None = None
    for event in in_order:
        at = minute_of(times[event.id].at)
        if begun is not None and event.kind != "break_start":
            started = minute_of(times[begun.id].at)
            found.append(Span(started, max(started, at)))
            if event.kind != "break_end":
                flags.append(Flag("break_without_end", {"ended_at": at}, begun.id))
            begun = None
        elif event.kind == "break_start":
            begun = begun or event
        elif event.kind == "break_end" and not (found and at - found[-1].end <= settings.pair_within_min):
            flags.append(Flag("break_without_start", {}, event.id))
    if begun is not None:
        started = minute_of(times[begun.id].at)
        found.append(Span(started, max(started, evidence.end)))
        flags.append(Flag("break_without_end", {"ended_at": evidence.end}, begun.id))
    return [span.within(evidence) for span in found], tuple(flags)
