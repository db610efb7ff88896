"""What the demo's stations have besides check events: times asked for, paper, bad weather."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from server.demo.plan import PhoneDraft, Plan
from server.records.record_type import Body

SHEETS: Final = 3
"""So many stations have blank sheets of paper."""


def plan_stations_life(plan: Plan, station_ids: list[str]) -> None:
    """Plan what is asked for and given out lately; follows the orders, for it looks at them."""
    lately = plan.now - timedelta(days=6)
    by = plan.of_role("prosecutor")[0].id
    for number, ulid in enumerate(station_ids[:SHEETS], start=1):
        body = {"number": f"QH-{lately.year}-{number:03}", "station": f"station:{ulid}", "lines": 20}
        plan.desk(lately, by, "prosecutor", "blank_sheet", body)
    rained_at = plan.now - timedelta(days=9)
    rain = {"station": f"station:{station_ids[0]}", "reason": "暴雨橙色预警，户外服务停止"}
    day = rained_at.date().isoformat()
    plan.desk(rained_at, by, "prosecutor", "stand_down", {**rain, "day": day})
    for order in [draft for draft in plan.drafts if getattr(draft, "type", "") == "service_order"]:
        assert order.record_id is not None
        if datetime.fromisoformat(order.body["due_on"]).date() > plan.now.date() + timedelta(days=2):
            _ask(plan, order.record_id, order.body)


def _ask(plan: Plan, order: str, body: Body) -> None:
    """Let a participant ask for an afternoon in the coming days."""
    asked_at = plan.now - timedelta(hours=plan.rng.uniform(3, 40))
    day = (plan.now + timedelta(days=plan.rng.randint(1, 2))).date()
    starts_at = plan.moment(day, 9, 9) + timedelta(hours=plan.rng.choice((0, 1, 5)))
    asked: dict[str, Any] = {
        "order": order,
        "station": body["stations"][0],
        "starts_at": starts_at.isoformat(timespec="seconds"),
        "ends_at": (starts_at + timedelta(hours=3)).isoformat(timespec="seconds"),
    }
    plan.drafts.append(
        PhoneDraft(
            at=asked_at,
            arrives_at=asked_at + timedelta(minutes=2),
            member=body["participant"],
            record_id=plan.record_id("slot", asked_at),
            role="participant",
            body=asked,
        )
    )
