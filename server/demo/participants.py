"""The demo's participants as the office knows them: identities that nobody has, records, one fresh offer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from stdnum.cn import ric

from server.demo.county import County, Stories
from server.demo.people import NEWCOMER, Person
from server.demo.plan import ZONE, Plan
from server.identity.person import People
from server.identity.person_rules import NewPerson
from server.participants import record_of

BORN_FIRST: Final = date(1972, 3, 5)
_APART: Final = timedelta(days=271)
_NO_SEQUENCE: Final = "000"
"""Numbers are given from 001 on: nobody has one of these."""


def plan_papers(plan: Plan, stories: Stories) -> dict[str, str]:
    """Plan what participants read and sign; return the ids by kind."""
    at = plan.since + timedelta(minutes=10)
    by = plan.of_role("prosecutor")[0].id
    valid_from = plan.since.astimezone(ZONE).date().isoformat()
    return {
        paper["kind"]: plan.desk(
            at, by, "prosecutor", "notice", {**paper, "version": 1, "valid_from": valid_from}
        )
        for paper in stories.papers
    }


def plan_participants(plan: Plan, county: County) -> None:
    """Plan the record of each participant, made when the demo's past begins."""
    at, by = plan.since + timedelta(minutes=20), plan.of_role("prosecutor")[0]
    for person in plan.of_role("participant"):
        body = {
            "member": person.id,
            "display_code": person.name,
            "residence": plan.rng.choice(county.townships).code,
            "act_on": _act_on(plan).isoformat(),
        }
        record = plan.desk(at, by.id, "prosecutor", "participant", body, record_id=record_of(person.id))
        plan.step(record, at + timedelta(minutes=1), by, "prosecutor", "give_number")


def plan_offer(plan: Plan, station: str, service_types: list[str], notice: str) -> str:
    """Plan an order that was offered yesterday to who tries the demo; return its id."""
    offered_at = plan.now - timedelta(hours=20)
    today = plan.now.astimezone(ZONE).date()
    by = plan.of_role("prosecutor")[0]
    due_on = (today + timedelta(days=26)).isoformat()
    body = {
        "order_no": f"QH-GY-{today.year}-900",
        "display_code": NEWCOMER,
        "participant": newcomer(plan).id,
        "required_min": 1800,
        "start_on": today.isoformat(),
        "due_on": due_on,
        "stations": [station],
        "service_types": service_types,
        "verify_level": "L2",
        "case_no": f"齐检刑诉〔{today.year}〕900号",
        "prosecutor": by.id,
        "charge_code": "危险驾驶",
        "daily_cap_min": 360,
        "weekly_cap_min": 1200,
    }
    order = plan.desk(offered_at - timedelta(hours=1), by.id, "prosecutor", "service_order", body, schema=2)
    served = {
        "stage": "investigation",
        "due_on": due_on,
        "notice_document": "告知书第1版",
        "notice": notice,
        "notice_served_on": offered_at.astimezone(ZONE).date().isoformat(),
    }
    plan.step(order, offered_at, by, "prosecutor", "offer", to="offered", fields=served)
    return order


def newcomer(plan: Plan) -> Person:
    """Return who has an offer to answer."""
    return next(person for person in plan.people if person.name == NEWCOMER)


def identify(people: People, plan: Plan) -> None:
    """Keep an identity of every participant, by the same rules as the office."""
    for number, person in enumerate(plan.of_role("participant")):
        people.add(_identity(plan, person, number), plan.now.date(), known_as=(person.id, person.name))


def _identity(plan: Plan, person: Person, number: int) -> NewPerson:
    born = BORN_FIRST + number * _APART
    digits = f"371425{born:%Y%m%d}{_NO_SEQUENCE}"
    return NewPerson(
        name=person.real_name,
        id_no=digits + ric.calc_check_digit(digits + "0"),
        birth_date=born,
        phone=f"1300000{number:04}",
        act_on=_act_on(plan),
    )


def _act_on(plan: Plan) -> date:
    return (plan.since - timedelta(days=30)).date()
