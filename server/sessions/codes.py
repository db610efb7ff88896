"""Was the station's code shown there then? Checked long after it was typed (DOMAIN 4, row 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Literal

from server.records.station_code import PERIOD_S, StationSecret, code_at
from server.sessions.clock import Corrected
from server.sessions.facts import CheckEvent
from server.sessions.fence import FenceVerdict
from server.sessions.outcome import Flag
from server.sessions.settings import SessionSettings

_MOST_PERIODS: Final = 2**32
"""Some eight thousand years; what lies beyond is no moment."""

SecretsOf = Callable[[str], Sequence[StationSecret]]
"""A station's secrets, lost ones too; none where this server holds none."""


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """`old`: shown so many minutes before; `foreign`: another station's; `unchecked`: no secret is held;
    `lost`: of a secret that was in nobody knows whose hands by then.
    """

    outcome: Literal["right", "wrong", "old", "foreign", "unchecked", "lost"]
    age_min: int = 0
    station: str | None = None


class CodeCheck:
    """Checks codes; what a station showed in a period is computed once."""

    def __init__(
        self,
        secrets_of: SecretsOf,
        stations: Iterable[str],
        settings: SessionSettings,
        *,
        station_skew_ms: Mapping[str, int] | None = None,
    ) -> None:
        self._stations = sorted(set(stations))
        self._settings = settings
        self._skew_ms = station_skew_ms or {}
        self._shown = cache(_shown_by(secrets_of, are_lost=False))
        self._lost = cache(_shown_by(secrets_of, are_lost=True))

    def verdict(self, event: CheckEvent, time: Corrected) -> CodeVerdict | None:
        """Return what became of the event's code; None where it has none."""
        if event.code is None:
            return None
        # The code's time is by the same clock as the event's: both are off by as much.
        typed_at = time.at + (event.code.at - event.at)
        periods = self._settings.code_periods
        period = self._period(event.station, typed_at)
        if self._shown(event.station, period) is None:
            return CodeVerdict("unchecked")
        near = range(period - periods, period + periods + 1)
        if self._is_shown(event.station, event.code.value, near):
            return CodeVerdict("right")
        if any(event.code.value in (self._lost(event.station, each) or ()) for each in near):
            return CodeVerdict("lost")
        for back in range(periods + 1, self._settings.code_stale_periods + 1):
            if self._is_shown(event.station, event.code.value, range(period - back, period - back + 1)):
                return CodeVerdict("old", back * PERIOD_S // 60)
        return self._foreign(event, event.code.value, typed_at) or CodeVerdict("wrong")

    def _foreign(self, event: CheckEvent, value: str, typed_at: datetime) -> CodeVerdict | None:
        periods = self._settings.code_periods
        for station in self._stations:
            period = self._period(station, typed_at)
            if station != event.station and self._is_shown(
                station, value, range(period - periods, period + periods + 1)
            ):
                return CodeVerdict("foreign", station=station)
        return None

    def _period(self, station: str, at: datetime) -> int:
        """Return the period that the station's own clock was in."""
        shown_at = at + timedelta(milliseconds=self._skew_ms.get(station, 0))
        return int(shown_at.timestamp()) // PERIOD_S

    def _is_shown(self, station: str, value: str, periods: range) -> bool:
        return any(value in (self._shown(station, period) or ()) for period in periods)


def _shown_by(secrets_of: SecretsOf, *, are_lost: bool) -> Callable[[str, int], tuple[str, ...] | None]:
    """Return what gives the codes of a period, by secrets that were good then or by those lost by then."""

    def shown(station: str, period: int) -> tuple[str, ...] | None:
        secrets = secrets_of(station)
        if not secrets:
            return None
        if not 0 <= period < _MOST_PERIODS:
            return ()  # there was no display then
        at = datetime.fromtimestamp(period * PERIOD_S, UTC)
        return tuple(code_at(secret.key, at) for secret in secrets if secret.is_good(at) is not are_lost)

    return shown


def code_flags(
    event: CheckEvent,
    verdict: CodeVerdict | None,
    fence: FenceVerdict,
    *,
    is_asked: bool,
    settings: SessionSettings,
) -> Iterator[Flag]:
    """Yield the doubts about one event's code; `is_asked`: its order's level wants one."""
    if verdict is None:
        if is_asked and event.is_participants and event.kind in ("in", "out"):
            yield Flag("no_code", {}, event.id)
    elif verdict.outcome == "old":
        yield Flag("code_replay", {"age_min": verdict.age_min}, event.id)
    elif verdict.outcome == "foreign":
        yield Flag("code_foreign", {"station": verdict.station}, event.id)
    elif verdict.outcome == "lost":
        yield Flag("code_secret_lost", {}, event.id)
    elif verdict.outcome == "wrong":
        yield Flag("code_mismatch", {}, event.id)
    elif verdict.outcome == "right" and (fence.away_m or 0) > settings.code_far_m:
        yield Flag("code_far", {"away_m": fence.away_m}, event.id)


def reused_codes(
    events: Iterable[CheckEvent], times: Mapping[str, Corrected], verdicts: Mapping[str, CodeVerdict | None]
) -> dict[str, Flag]:
    """Return by event a doubt where a code that was not shown then had been used before, by whomever."""
    first: dict[tuple[str, str], str] = {}
    found: dict[str, Flag] = {}
    for event in sorted(events, key=lambda each: (times[each.id].at, each.id)):
        if event.code is None:
            continue
        before = first.setdefault((event.station, event.code.value), event.id)
        verdict = verdicts.get(event.id)
        if before != event.id and verdict is not None and verdict.outcome in ("wrong", "old", "lost"):
            found[event.id] = Flag("code_reused", {"first_event": before}, event.id)
    return found
