"""The integrity report: doubts by kind, what looks found, phones, clocks, late entries (DOMAIN 8, 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from server.messages import Language, text
from server.reports.facts import MonthFacts, SessionFact
from server.reports.report import Bar, Cell, Column, Plot, Report, Table, share

CLOCK_FLAGS: Final = frozenset({"skew", "clock_moved_back", "station_clock_used"})
FORGOTTEN: Final = frozenset({"forgotten_out", "forgotten_in", "forgotten_again", "forgotten_pattern"})
MOST_BARS: Final = 12


def integrity_report(facts: MonthFacts, language: Language) -> Report:
    """Return the month's report. A doubt is no finding: only what a person found is counted as found."""
    counts = _by_kind(facts.sessions)
    before = _by_kind(facts.before)
    top = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return Report(
        name="integrity",
        title=text("report.integrity.title", language),
        month=facts.month,
        tables=[_indicators(facts, language), _flags(facts, top, before, language)],
        plots=[
            Plot(
                "flags",
                text("report.plot.flags", language),
                text("report.unit.sessions", language),
                [Bar(_flag_name(code, language), float(n)) for code, n in top[:MOST_BARS]],
            )
        ],
        notes=[text("report.integrity.note", language)],
    )


def _indicators(facts: MonthFacts, language: Language) -> Table:
    checks = facts.spot_checks
    month = {"month": facts.month}
    everything = {**month, "queue": "all"}
    rows = [
        _of_sessions("flagged", facts.sessions, None, {**everything, "flag": "any"}),
        _of_sessions("device_changed", facts.sessions, {"device_changed"}, everything),
        _of_sessions("device_shared", facts.sessions, {"device_shared"}, everything),
        _of_sessions("clocks", facts.sessions, CLOCK_FLAGS, everything),
        _of_sessions("late_entry", facts.sessions, {"late_entry"}, everything),
        _of_sessions("forgotten", facts.sessions, FORGOTTEN, everything),
        _of_sessions("denied", facts.sessions, {"denied"}, everything),
        _of_sessions("objection", facts.sessions, {"objection"}, everything),
        _of_checks("proxy", sum(each.found == "other_person" for each in checks), {"found": "other_person"}),
        _of_checks("not_met", sum(each.state == "not_met" for each in checks), {"state": "not_met"}),
        _of_checks("looked", sum(each.state in ("done", "not_met") for each in checks), {}),
    ]
    found = [
        [
            Cell(text(f"report.indicator.{name}", language)),
            Cell(number, {**month, **query}, "spot_checks" if name in _CHECKED else "sessions"),
            Cell(percent),
        ]
        for name, number, percent, query in rows
    ]
    return Table(
        name="indicators",
        title=text("report.integrity.indicators", language),
        columns=_columns((("indicator", "text"), ("number", "integer"), ("percent", "number")), language),
        rows=found,
    )


_CHECKED: Final = frozenset({"proxy", "not_met", "looked"})
_Row = tuple[str, int, float | None, dict[str, str]]


def _of_sessions(
    name: str,
    sessions: Sequence[SessionFact],
    codes: Collection[str] | None,
    query: dict[str, str],
) -> _Row:
    """Count sessions with any of these doubts; None counts those with any doubt at all."""
    number = sum(bool(each.flags if codes is None else each.flags & set(codes)) for each in sessions)
    only = {"flag": ",".join(sorted(codes))} if codes is not None else {}
    return name, number, share(number, len(sessions)), {**query, **only}


def _of_checks(name: str, number: int, query: dict[str, str]) -> _Row:
    return name, number, None, query


def _flags(
    facts: MonthFacts, top: Sequence[tuple[str, int]], before: Counter[str], language: Language
) -> Table:
    rows = [
        [
            Cell(_flag_name(code, language)),
            Cell(n, {"month": facts.month, "flag": code, "queue": "all"}, "sessions"),
            Cell(share(n, len(facts.sessions))),
            Cell(before[code]),
        ]
        for code, n in top
    ]
    names = (("flag", "text"), ("sessions", "integer"), ("percent", "number"), ("before", "integer"))
    return Table(
        name="flags",
        title=text("report.integrity.flags", language),
        columns=_columns(names, language),
        rows=rows,
    )


def _columns(names: Sequence[tuple[str, str]], language: Language) -> list[Column]:
    return [Column(text(f"report.column.{name}", language), kind) for name, kind in names]  # type: ignore[arg-type]


def _by_kind(sessions: Sequence[SessionFact]) -> Counter[str]:
    return Counter(code for session in sessions for code in session.flags)


def _flag_name(code: str, language: Language) -> str:
    return text(f"supervision.flag_name.{code}", language)
