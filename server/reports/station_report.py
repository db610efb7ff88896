"""The station report: sessions, how fast they are confirmed, denials, fences, spot checks (DOMAIN 8, 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

from server.messages import Language, text
from server.reports.facts import MonthFacts, SessionFact, StationFact
from server.reports.report import Bar, Cell, Column, Plot, Report, Table, hours, share

LOOKED: Final = ("done", "not_met")
HABIT_FROM: Final = 10
"""Fewer confirmations show nothing about who makes them."""
TARGET_PERCENT: Final = 5.0


def station_report(facts: MonthFacts, language: Language, name_of: Callable[[str], str]) -> Report:
    """Return the month's report; `name_of` says a supervisor as the reader may read it."""
    by_station: dict[str, list[SessionFact]] = defaultdict(list)
    for session in facts.sessions:
        by_station[session.station].append(session)
    own = [station for station in facts.stations if by_station[station.id]]
    quiet = [station for station in facts.stations if not by_station[station.id]]
    return Report(
        name="stations",
        title=text("report.stations.title", language),
        month=facts.month,
        tables=[
            _stations(facts, own, by_station, language),
            _supervisors(facts, by_station, name_of, language),
        ],
        plots=_plots(own, by_station, language),
        notes=[
            text("report.stations.note_lag", language),
            text("report.stations.note_spot", language),
            *([text("report.stations.quiet", language, names=_names(quiet, language))] if quiet else []),
        ],
    )


def _stations(
    facts: MonthFacts,
    own: Sequence[StationFact],
    by_station: dict[str, list[SessionFact]],
    language: Language,
) -> Table:
    def column(name: str, kind: str = "integer") -> Column:
        return Column(text(f"report.column.{name}", language), kind)  # type: ignore[arg-type]

    rows = [_row(facts, station, by_station[station.id]) for station in own]
    if len(own) > 1:
        rows.append(_total(facts, language))
    return Table(
        name="stations",
        title=text("report.stations.table", language),
        columns=[
            column("station", "text"),
            column("sessions"),
            column("participants"),
            column("reported_h", "number"),
            column("credited_h", "number"),
            column("lag_h", "number"),
            column("unconfirmed"),
            column("denied_percent", "number"),
            column("out_of_fence_percent", "number"),
            column("spot_checks"),
            column("spot_percent", "number"),
        ],
        rows=rows,
    )


def _row(facts: MonthFacts, station: StationFact, sessions: Sequence[SessionFact]) -> list[Cell]:
    return _cells(facts, station.name, sessions, station.id)


def _total(facts: MonthFacts, language: Language) -> list[Cell]:
    return _cells(facts, text("report.total", language), facts.sessions, "")


def _cells(facts: MonthFacts, name: str, sessions: Sequence[SessionFact], station: str) -> list[Cell]:
    where = {"station": station, "month": facts.month, "queue": "all"}
    lags = [each.lag_min for each in sessions if each.lag_min is not None]
    checks = sum(each.state in LOOKED for each in facts.spot_checks if station in ("", each.station))
    spot_share = share(checks, len(sessions))
    denied = sum(bool(each.denied_by) for each in sessions)
    outside = sum("out_of_fence" in each.flags for each in sessions)

    def linked(value: float | None, **more: str) -> Cell:
        return Cell(value, {**where, **more}, "sessions")

    return [
        Cell(name),
        linked(len(sessions)),
        linked(len({each.order for each in sessions})),
        linked(hours(sum(each.reported_min for each in sessions))),
        linked(hours(sum(each.credited_min for each in sessions if each.is_settled)), queue="settled"),
        linked(round(median(lags) / 60, 1) if lags else None, said="confirmed"),
        linked(sum("unconfirmed" in each.flags for each in sessions), flag="unconfirmed"),
        linked(share(denied, len(sessions)), said="denied"),
        linked(share(outside, len(sessions)), flag="out_of_fence"),
        Cell(checks, {"station": station, "month": facts.month}, "spot_checks"),
        Cell(
            spot_share,
            {"station": station, "month": facts.month},
            "spot_checks",
            "needs-you" if (spot_share or 0) < TARGET_PERCENT else "",
        ),
    ]


def _supervisors(
    facts: MonthFacts,
    by_station: dict[str, list[SessionFact]],
    name_of: Callable[[str], str],
    language: Language,
) -> Table:
    """Who confirms everything, and has denied nothing: no fault, yet worth a look."""
    names = {station.id: station.name for station in facts.stations}
    rows = []
    for station, sessions in sorted(by_station.items(), key=lambda row: names.get(row[0], "")):
        people = sorted({by for each in sessions for by in each.confirmed_by})
        for by in people:
            confirmed = sum(by in each.confirmed_by for each in sessions)
            denied = sum(by in each.denied_by for each in sessions)
            if denied or confirmed < HABIT_FROM:
                continue
            unseen = sum(by in each.confirmed_by and "confirmed_unseen" in each.flags for each in sessions)
            where = {"station": station, "month": facts.month, "by": by, "queue": "all"}
            rows.append(
                [
                    Cell(name_of(by)),
                    Cell(names.get(station, "")),
                    Cell(confirmed, where, "sessions"),
                    Cell(unseen, {**where, "flag": "confirmed_unseen"}, "sessions"),
                ]
            )
    headings = ("supervisor", "station", "confirmed", "unseen")
    return Table(
        name="supervisors",
        title=text("report.stations.supervisors", language, n=HABIT_FROM),
        columns=[
            Column(text(f"report.column.{name}", language), "integer" if place > 1 else "text")
            for place, name in enumerate(headings)
        ],
        rows=rows,
    )


def _plots(
    own: Sequence[StationFact], by_station: dict[str, list[SessionFact]], language: Language
) -> list[Plot]:
    def minutes(station: StationFact) -> Bar:
        sessions = by_station[station.id]
        credited = sum(each.credited_min for each in sessions if each.is_settled)
        return Bar(station.name, hours(sum(each.reported_min for each in sessions)), hours(credited))

    return [
        Plot(
            "sessions",
            text("report.plot.sessions", language),
            text("report.unit.sessions", language),
            [Bar(station.name, float(len(by_station[station.id]))) for station in own],
        ),
        Plot(
            "hours",
            text("report.plot.hours", language),
            text("report.unit.hours", language),
            [minutes(station) for station in own],
            (text("report.series.reported", language), text("report.series.credited", language)),
        ),
    ]


def _names(stations: Sequence[StationFact], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(station.name for station in stations)
