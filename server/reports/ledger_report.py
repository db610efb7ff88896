"""The service ledger: each order's hours, days left, how it stands, absences, disputes (DOMAIN 8, 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, Literal

from server.messages import Language, text
from server.reports.facts import OrderFact
from server.reports.report import Bar, Cell, Column, Plot, Report, Table, hours

Risk = Literal["done", "on_track", "tight", "cannot", "over"]
TIGHT: Final = 0.6
"""From this share of what is possible in the days left on, it is tight."""
WARM: Final = frozenset({"tight", "cannot", "over"})


def ledger_report(
    facts: Sequence[OrderFact],
    month: str,
    language: Language,
    today: date,
    *,
    daily_cap_min: int,
    working_days: Callable[[date, date], int],
) -> Report:
    """Return the orders' report as of `today`; `working_days` counts those after one day up to another."""

    def risk(order: OrderFact) -> Risk:
        return risk_of(order, today, daily_cap_min=daily_cap_min, working_days=working_days)

    orders = sorted(facts, key=lambda each: (each.due_on, each.display_code, each.id))
    names: tuple[tuple[str, str], ...] = (
        ("participant", "text"),
        ("state", "text"),
        ("required_h", "number"),
        ("reported_h", "number"),
        ("credited_h", "number"),
        ("remaining_h", "number"),
        ("due_on", "date"),
        ("days_left", "integer"),
        ("risk", "text"),
        ("absences", "integer"),
        ("disputes", "integer"),
    )
    return Report(
        name="ledger",
        title=text("report.ledger.title", language),
        month=month,
        tables=[
            Table(
                name="orders",
                title=text("report.ledger.table", language),
                columns=[Column(text(f"report.column.{n}", language), kind) for n, kind in names],  # type: ignore[arg-type]
                rows=[_row(order, risk(order), today, language) for order in orders],
            )
        ],
        plots=[
            Plot(
                "orders",
                text("report.plot.orders", language),
                text("report.unit.hours", language),
                [Bar(o.display_code, hours(o.required_min), hours(o.credited_min)) for o in orders],
                (text("report.series.required", language), text("report.series.credited", language)),
            )
        ],
        notes=[text("report.ledger.note", language)],
    )


def risk_of(
    order: OrderFact, today: date, *, daily_cap_min: int, working_days: Callable[[date, date], int]
) -> Risk:
    """Return how an order stands; it says what is possible, never what somebody is like."""
    if order.remaining_min == 0:
        return "done"
    if order.due_on < today:
        return "over"
    possible = working_days(today, order.due_on) * daily_cap_min
    if order.remaining_min > possible:
        return "cannot"
    return "tight" if order.remaining_min > TIGHT * possible else "on_track"


def _row(order: OrderFact, risk: Risk, today: date, language: Language) -> list[Cell]:
    where = {"service_order": order.id, "queue": "all"}
    return [
        Cell(order.display_code, where, "sessions"),
        Cell(text(f"console.state.service_order.{order.state}", language)),
        Cell(hours(order.required_min)),
        Cell(hours(order.reported_min), where, "sessions"),
        Cell(hours(order.credited_min), {**where, "queue": "settled"}, "sessions"),
        Cell(hours(order.remaining_min)),
        Cell(order.due_on),
        Cell((order.due_on - today).days),
        Cell(text(f"report.risk.{risk}", language), tone="needs-you" if risk in WARM else ""),
        Cell(order.absences),
        Cell(order.disputes, {**where, "queue": "disputed"}, "sessions"),
    ]
