"""One of the demo's evaluations, brought as far as the participant who may read it back and object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from server.demo.people import Person
from server.demo.plan import ZONE, Plan
from server.demo.service import EVALUATED
from server.evaluation import SCORES, Grading, evidence_summary, summary_hash
from server.gateway.desk import NewEntry
from server.readmodel.order_queries import sessions_of_order
from server.readmodel.rows import RecordRow
from server.readmodel.service_queries import told_ledger
from server.services import Services

AGREED: Final = "情况属实，同意站点意见。"
_POINTS: Final = dict(zip(SCORES, (95, 90, 88, 92), strict=True))


def evaluate_one(services: Services, plan: Plan, drafted: RecordRow) -> None:
    """Let station, township and prosecutor say their words, as each of them would at the console."""
    order = services.readmodel.body(drafted.body["order"]) or {}
    station = order["stations"][0]
    township = (services.readmodel.body(station) or {}).get("township")
    local = _holder(plan, "township_staff", f"township:{township}")
    prosecutor = plan.of_role("prosecutor")[0]
    accepted = _accepted(services, drafted.body["order"])
    head = drafted.state.heads[0]
    for minutes, by, role, action, to, fields in (
        (50, _holder(plan, "supervisor", station), "supervisor", "submit", "station_submitted", _words()),
        (40, local, "township_staff", "review", "township_reviewed", {"township_comment": AGREED}),
        (30, prosecutor, "prosecutor", "accept", "prosecutor_accepted", accepted),
    ):
        body = {"record": drafted.id, "base": [head], "action": action, "to": to, "fields": fields}
        at = (plan.now - timedelta(minutes=minutes)).astimezone(ZONE).isoformat(timespec="milliseconds")
        entry = NewEntry(type="step", body=body, author=by.id, role=role, at=at)
        head = services.desk.append_many([entry])[0].hash


def is_to_be_read(plan: Plan, order: Mapping[str, Any]) -> bool:
    """Is this the order of the second who has served the hours? The first one's is left to the tablet."""
    participants = plan.of_role("participant")
    return bool(order["participant"] == participants[EVALUATED[1]].id)


def _words() -> dict[str, Any]:
    comment = "按时到场，做事认真，和大家相处融洽；有两次迟到，事先打了招呼。"
    return {**_POINTS, "grade": "qualified", "station_comment": comment}


def _accepted(services: Services, order: str) -> dict[str, Any]:
    weights = services.settings.evaluation_weights
    told = told_ledger(services.readmodel, order) or {"balance_min": 0}
    summary = evidence_summary(order, sessions_of_order(services.readmodel, order), told["balance_min"])
    total = Grading.of(weights, services.settings.evaluation_grades).total(_POINTS)
    return {"evidence_hash": summary_hash(summary), "total": float(total), "weights": weights}


def _holder(plan: Plan, role: str, scope: str) -> Person:
    return next(person for person in plan.people if (role, scope) in person.roles)
