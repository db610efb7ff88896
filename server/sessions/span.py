"""From when to when a session is reported, and when it is borne out (DOMAIN 4, rows 5, 9, 10, 11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.sessions.facts import CheckEvent
from server.sessions.forgotten import Limits
from server.sessions.minutes import Span, minute_of
from server.sessions.outcome import Deduction, Flag
from server.sessions.pairing import Draft, Mark, Times
from server.sessions.settings import SessionSettings


@dataclass(frozen=True, slots=True)
class Spans:
    """Evidence lies within what is reported; what lies between them is said by the deductions."""

    reported: Span
    evidence: Span
    deductions: tuple[Deduction, ...]
    flags: tuple[Flag, ...]
    is_auto_ended: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class _Edge:
    """One end of a session: what the participant says, what counts, and whether the two records differ."""

    reported: int
    counted: int
    flags: tuple[Flag, ...] = ()


def spans(
    draft: Draft,
    times: Times,
    limits: Limits,
    seen: Iterable[int],
    now: int,
    settings: SessionSettings,
) -> Spans:
    """Return the session's spans; `seen` are the minutes of independent evidence between its ends."""
    seen = sorted(seen)
    if draft.ins is None and draft.outs is None:
        return _claimed(draft)
    start = _edge(draft.ins, times, settings, is_start=True) if draft.ins else None
    end = _edge(draft.outs, times, settings, is_start=False) if draft.outs else None
    if start is not None and end is not None:
        return _whole(start, end)
    if start is not None:
        return _without_out(draft, start, limits, seen, now)
    assert end is not None, "one of the two is there"
    return _without_in(draft, end, limits, seen)


def _edge(mark: Mark, times: Times, settings: SessionSettings, *, is_start: bool) -> _Edge:
    """Row 5: the participant's time if the station's is near it, else the one that gives fewer minutes."""
    if mark.own is None or mark.stations is None:
        minute = minute_of(times[mark.first.id].at)
        return _Edge(minute, minute)
    own_time, stations_time = times[mark.own.id], times[mark.stations.id]
    own, stations = minute_of(own_time.at), minute_of(stations_time.at)
    if not own_time.is_trusted:  # row 11: the station's clock wins
        flag = Flag("station_clock_used", {"own_at": own, "station_at": stations}, mark.own.id)
        return _Edge(stations, stations, (flag,))
    if not stations_time.is_trusted or abs(own - stations) <= settings.confirm_tolerance_min:
        return _Edge(own, own)
    flag = Flag("times_differ", {"own_at": own, "station_at": stations}, mark.own.id)
    return _Edge(own, max(own, stations) if is_start else min(own, stations), (flag,))


def _whole(start: _Edge, end: _Edge) -> Spans:
    reported = Span(start.reported, max(start.reported, end.reported))
    evidence = Span(start.counted, max(start.counted, end.counted)).within(reported)
    cut = _cut(reported, evidence, "start_later", "end_earlier")
    return Spans(reported, evidence, cut, start.flags + end.flags)


def _without_out(draft: Draft, start: _Edge, limits: Limits, seen: list[int], now: int) -> Spans:
    end, why = limits.end_of(start.reported)
    is_open = now < end
    reported = Span(start.reported, max(start.reported, min(now, end)))
    last = now if is_open else max((m for m in seen if start.counted <= m <= end), default=start.counted)
    if draft.claim is not None:
        last = max(last, min(end, claimed_span(draft.claim).end))
    evidence = Span(start.counted, max(start.counted, last)).within(reported)
    if is_open:
        return Spans(reported, evidence, (), start.flags, is_open=True)
    flag = Flag("forgotten_out", {"ended_by": why, "ended_at": end}, draft.key)
    cut = _cut(reported, evidence, "start_later", "no_evidence_after")
    return Spans(reported, evidence, cut, (*start.flags, flag), is_auto_ended=True)


def _without_in(draft: Draft, end: _Edge, limits: Limits, seen: list[int]) -> Spans:
    start, why = limits.start_of(end.reported)
    reported = Span(start, end.reported)
    first = min((minute for minute in seen if start <= minute <= end.counted), default=end.counted)
    if draft.claim is not None:
        first = min(first, max(start, claimed_span(draft.claim).start))
    evidence = Span(min(first, end.counted), end.counted).within(reported)
    flag = Flag("forgotten_in", {"begun_by": why, "begun_at": start}, draft.key)
    cut = _cut(reported, evidence, "no_evidence_before", "end_earlier")
    return Spans(reported, evidence, cut, (*end.flags, flag))


def _cut(reported: Span, evidence: Span, before: str, after: str) -> tuple[Deduction, ...]:
    """Return what lies between: minutes before the evidence begins, and after it ends."""
    found = (
        Deduction(
            before,
            evidence.start - reported.start,
            {"at": evidence.start, "reported_at": reported.start},
        ),
        Deduction(after, reported.end - evidence.end, {"at": evidence.end, "reported_at": reported.end}),
    )
    return tuple(each for each in found if each.minutes)


def _claimed(draft: Draft) -> Spans:
    """A session that only a late entry or a line of paper tells of."""
    assert draft.claim is not None, "a session is made of something"
    claimed = claimed_span(draft.claim)
    return Spans(claimed, claimed, (), ())


def claimed_span(event: CheckEvent) -> Span:
    """Return from when to when a late entry or a line of paper says that somebody served."""
    assert event.claim is not None, "its schema asks for it"
    start = minute_of(event.claim.in_at)
    return Span(start, max(start, minute_of(event.claim.out_at)))
