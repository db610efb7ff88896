"""A month of service for reports: two stations, five sessions, two spot checks."""

from __future__ import annotations

from datetime import date
from typing import Any

from server.reports.facts import MonthFacts, OrderFact, SessionFact, SpotCheckFact, StationFact

STATIONS = (
    StationFact("station:a", "ZA-01", "祝阿镇公益服务站"),
    StationFact("station:b", "ZA-02", "潘店镇公益服务站"),
    StationFact("station:c", "ZA-03", "焦庙镇公益服务站"),
)


def session(number: int, station: str = "station:a", **changes: Any) -> SessionFact:
    told: dict[str, Any] = {
        "id": f"session:{number}",
        "order": f"order:{number % 2}",
        "station": station,
        "day": date(2026, 11, number),
        "state": "credited",
        "reported_min": 180,
        "credited_min": 165,
        "is_settled": True,
        "weight": 1,
        "flags": frozenset(),
        "confirmed_by": ("m-zhang",),
        "denied_by": (),
        "lag_min": 60 * number,
    }
    return SessionFact(**{**told, **changes})


def month(**changes: Any) -> MonthFacts:
    sessions = (
        session(1),
        session(2),
        session(3, flags=frozenset({"out_of_fence", "late_entry"})),
        session(4, "station:b", state="disputed", is_settled=False, denied_by=("m-li",), confirmed_by=()),
        session(5, "station:b", flags=frozenset({"skew"}), lag_min=None),
    )
    told: dict[str, Any] = {
        "month": "2026-11",
        "stations": STATIONS,
        "sessions": sessions,
        "before": (session(7, flags=frozenset({"skew"})),),
        "spot_checks": (
            SpotCheckFact("station:a", "done", "other_person"),
            SpotCheckFact("station:a", "could_not", ""),
            SpotCheckFact("station:b", "not_met", ""),
        ),
    }
    return MonthFacts(**{**told, **changes})


def order(**changes: Any) -> OrderFact:
    told: dict[str, Any] = {
        "id": "service_order:1",
        "display_code": "甲-01",
        "state": "in_progress",
        "required_min": 1800,
        "reported_min": 900,
        "credited_min": 840,
        "remaining_min": 960,
        "due_on": date(2026, 12, 20),
        "absences": 1,
        "disputes": 0,
    }
    return OrderFact(**{**told, **changes})
