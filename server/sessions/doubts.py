"""All doubts about one session, each found by its own rule; put together here and nowhere judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from server.sessions.clock import Corrected
from server.sessions.codes import code_flags
from server.sessions.facts import CheckEvent, Order, Slot
from server.sessions.fence import FenceVerdict
from server.sessions.forgotten import after_hours
from server.sessions.minutes import Calendar, Span, minute_of
from server.sessions.outcome import Flag
from server.sessions.pairing import Draft
from server.sessions.position import position_flags
from server.sessions.settings import SessionSettings
from server.sessions.surroundings import Surroundings

_NO_FENCE = FenceVerdict("unknown")


def event_flags(
    event: CheckEvent, order: Order, around: Surroundings, settings: SessionSettings
) -> Iterator[Flag]:
    """Yield the doubts about one event."""
    yield from _clock_flags(event, around.times[event.id])
    yield from position_flags(event, settings)
    fence = around.fences.get(event.id, _NO_FENCE)
    if fence.outcome == "outside":
        params = {"away_m": fence.away_m, "station_version": fence.version}
        yield Flag("out_of_fence", params, event.id)
        if event.station in around.suspect_stations:
            yield around.suspect_stations[event.station]
    is_asked = order.verify_level != "L1"
    if is_asked and event.is_participants and event.kind in ("in", "out") and event.fix is None:
        yield Flag("no_fix", {}, event.id)
    yield from code_flags(event, around.codes.get(event.id), fence, is_asked=is_asked, settings=settings)
    yield from around.shared.get(event.id, ())


def session_flags(
    draft: Draft,
    reported: Span,
    slot: Slot | None,
    around: Surroundings,
    calendar: Calendar,
    settings: SessionSettings,
) -> Iterator[Flag]:
    """Yield the doubts about a session as a whole."""
    flag = after_hours(reported.start, reported.end, around.versions.get(draft.station, ()), calendar)
    if flag is not None:
        yield flag
    if slot is not None and draft.ins is not None:
        late_min = reported.start - minute_of(slot.starts_at)
        if late_min > settings.late_after_min:
            yield Flag("late", {"late_min": late_min})


def _clock_flags(event: CheckEvent, time: Corrected) -> Iterator[Flag]:
    if not time.is_trusted:
        yield Flag("skew", {"doubt_s": time.doubt_s}, event.id)
    if time.moved_back_s:
        yield Flag("clock_moved_back", {"back_s": time.moved_back_s}, event.id)


def two_places(drafts: Sequence[Draft], reported: Sequence[Span]) -> dict[int, Flag]:
    """Return by place the sessions of one person that overlap in time: at two stations, or at one."""
    found: dict[int, Flag] = {}
    in_order = sorted(range(len(drafts)), key=lambda n: (reported[n], drafts[n].key))
    for position, n in enumerate(in_order):
        for other in in_order[position + 1 :]:
            if reported[other].start >= reported[n].end:
                break
            code = "overlap" if drafts[n].station == drafts[other].station else "two_places"
            both = reported[n].within(reported[other]).length
            for one, against in ((n, other), (other, n)):
                if one not in found or code == "two_places":
                    found[one] = Flag(code, {"minutes": both, "other": f"session:{drafts[against].key}"})
    return found


def device_changes(drafts: Iterable[Draft], times: Mapping[str, Corrected]) -> dict[str, Flag]:
    """Return by event where a participant's phone is another than before (row 16)."""
    own = [e for draft in drafts for e in draft.events if e.is_participants and not e.is_shared_device]
    found: dict[str, Flag] = {}
    before: CheckEvent | None = None
    for event in sorted(own, key=lambda each: (times[each.id].at, each.id)):
        if before is not None and before.device != event.device:
            found[event.id] = Flag(
                "device_changed", {"before": before.device, "after": event.device}, event.id
            )
        before = event
    return found
