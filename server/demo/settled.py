"""Brings the demo's service up to now: the machine writes what follows, townships credit most of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from server.demo.evaluated import evaluate_one, is_to_be_read
from server.demo.plan import ZONE, Plan
from server.gateway.desk import NewEntry
from server.ingest import Ingest
from server.ledger import LedgerProjection, SystemWriter
from server.publish import Publish
from server.readmodel import Projection
from server.readmodel.order_queries import records_of_order
from server.readmodel.rows import RecordRow
from server.readmodel.service_queries import computed_sessions
from server.services import Services
from server.worker import settle

REVIEWED_AFTER: Final = timedelta(days=4)
A_MINUTE: Final = timedelta(minutes=1)
"""All of it is done a minute before now, so that nothing of the past lies in the future."""
LEFT: Final = 0.12
"""How many sessions nobody has got round to yet."""


def settle_service(services: Services, plan: Plan, ingest: Ingest) -> None:
    """Let the rules and the machine run, persons decide on older sessions, and all of it reach the feeds."""
    ledger = LedgerProjection(services, now=lambda: plan.now - A_MINUTE, monotonic=_ever_later())
    writer, projection = SystemWriter(services, ledger), Projection(services)
    publish = Publish(services, now=lambda: plan.now - A_MINUTE)
    steps = [ingest.run_once, projection.run_once, ledger.run_once, writer.run_once]
    settle(steps)
    services.desk.append_many(_decisions(services, plan))
    settle(steps)
    for drafted in _to_be_read(services, plan):
        evaluate_one(services, plan, drafted)
    settle([*steps, publish.run_once])


def _to_be_read(services: Services, plan: Plan) -> list[RecordRow]:
    """Return the evaluation that a participant may read; none in a county too small for one."""
    model = services.readmodel
    drafts = [draft for draft in plan.drafts if getattr(draft, "type", "") == "service_order"]
    orders = [str(draft.record_id) for draft in drafts if is_to_be_read(plan, draft.body)]
    found = [model.record(id_) for order in orders for id_ in records_of_order(model, "evaluation", order)]
    return [row for row in found if row is not None and row.state.state == "draft"]


def _decisions(services: Services, plan: Plan) -> list[NewEntry]:
    """Return the townships' credits, and the prosecutor's where no one of the township may decide."""
    found = []
    for session in sorted(computed_sessions(services.readmodel), key=lambda each: str(each["id"])):
        row = services.readmodel.record(session["record"]) if session["record"] else None
        is_due = date.fromisoformat(session["day"]) <= (plan.now - REVIEWED_AFTER).date()
        if row is None or row.state.state != "confirmed" or not is_due or plan.rng.random() < LEFT:
            continue
        body = {"record": row.id, "base": list(row.state.heads), **_verdict(session)}
        by = _reviewer(services, plan, session)
        at = (plan.now - A_MINUTE).astimezone(ZONE).isoformat(timespec="milliseconds")
        found.append(NewEntry(type="step", body=body, author=by[0], role=by[1], at=at))
    return found


def _verdict(session: Mapping[str, Any]) -> dict[str, Any]:
    minutes = int(session["credited_min"])
    if not minutes:
        return {"action": "reject", "to": "rejected", "fields": {}, "reason": "不足一小时，不计入"}
    return {"action": "credit", "to": "credited", "fields": {"credited_min": minutes}}


def _reviewer(services: Services, plan: Plan, session: Mapping[str, Any]) -> tuple[str, str]:
    body = services.readmodel.body(session["station"]) or {}
    scope = ("township_staff", f"township:{body.get('township')}")
    local = [person.id for person in plan.people if scope in person.roles]
    able = [id_ for id_ in local if id_ not in session["may_not_decide"]]
    if able:
        return able[0], "township_staff"
    return plan.rng.choice(plan.of_role("prosecutor")).id, "prosecutor"


def _ever_later() -> Callable[[], float]:
    """A clock that keeps no distance between rounds: nobody waits for anything else here."""
    minutes = [0.0]

    def tick() -> float:
        minutes[0] += 120.0
        return minutes[0]

    return tick
