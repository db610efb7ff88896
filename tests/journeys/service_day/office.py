"""What the office does with the day: in the evening, and the decisions of the next morning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.gateway.desk import NewEntry
from server.readmodel.service_queries import computed_sessions
from server.workflows import workflow
from sync.peer import Document
from tests.journeys.service_day.house import House
from tests.journeys.service_day.moments import at
from tests.journeys.service_day.place import ORDERS, PEOPLE, STAFF

DECISIONS = (
    ("jia", "09:00", "township", "clear_flag", None, "丙-03 的手机没电，借用甲-01 的手机，督导员两人都看见"),
    ("jia", "09:00", "prosecutor", "credit", 165, None),
    ("jia", "14:00", "third", "reject", None, "值班记录与督导员一致：下午到场的是别人"),
    ("yi", "08:30", "township", "part_credit", 150, "有半小时在屋里休息"),
    ("yi", "14:00", "prosecutor", "credit", 120, None),
    ("bing", "10:00", "township", "clear_flag", None, "两人都在场，只是借了手机"),
    ("bing", "10:00", "prosecutor", "credit", 90, None),
    ("bing", "13:00", "prosecutor", "credit", 90, None),
)
"""Whose session, from when on, who decides, what, minutes, reason."""


def evening(house: House, refused: list[Document]) -> None:
    """Admit what was signed on a lent phone."""
    member, role, _scope = STAFF["clerk"]
    for number, document in enumerate(refused):
        entry = document["entry"]
        body = {name: entry[name] for name in ("device", "entry", "hash")}
        _append(house, "admission", f"01kk000000000000000000ad{number:02}", member, role,
                {**body, "verdict": "admitted", "reason": "督导员看见本人，手机是借的"})  # fmt: skip
    house.work()


def lent_of(documents: list[Document]) -> list[Document]:
    """Return what 丙 signed on a phone of somebody else."""
    return [
        each
        for each in sorted(documents, key=lambda one: one["_id"])
        if each["entry"]["author"] == PEOPLE["bing"] and each["entry"]["app"] == "forge"
    ]


def decide(house: House) -> None:
    """Take the decisions at the desk, in order."""
    for number, (name, clock, login, action, minutes, reason) in enumerate(DECISIONS):
        member, role, _scope = STAFF[login]
        record = str(session_of(house, name, clock)["record"])
        row = house.services.readmodel.record(record)
        assert row is not None
        declared = workflow("service_session").actions[action]
        fields = {**({} if minutes is None else {"credited_min": minutes}), **declared.implied(row.state)}
        target = declared.target(row.state)
        body = {"record": record, "base": sorted(row.state.heads), "action": action, "fields": fields}
        body |= ({"to": target} if target else {}) | ({"reason": reason} if reason else {})
        _append(house, "step", f"01kk000000000000000000st{number:02}", member, role, body)
        house.work()


def session_of(house: House, name: str, clock: str) -> Mapping[str, Any]:
    """Return what the rules say of the session that begins at this time of the day."""
    begins = at(clock).isoformat()
    for row in computed_sessions(house.services.readmodel):
        record = house.services.readmodel.record(row["record"] or "")
        if row["order"] == ORDERS[name] and record is not None and record.state.value("started_at") == begins:
            return row
    raise AssertionError((name, clock))


def _append(house: House, type_: str, ulid: str, author: str, role: str, body: dict[str, Any]) -> None:
    entry = NewEntry(type=type_, record_id=f"{type_}:{ulid}", body=body, author=author, role=role)
    house.services.desk.append_many([entry])
