"""A few things that went wrong in the demo's past, so that the quarantine has something true to show."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.demo.county import County, Stories
from server.demo.leads import DOMAIN_VERSION
from server.demo.people import NEWCOMER, Person
from server.demo.plan import PhoneDraft, Plan
from server.demo.service import check_event


def plan_faults(plan: Plan, county: County, stories: Stories) -> None:
    """Plan one or two of each: bad clock, wrong role, changed after signing, newer schema, unknown order."""
    volunteers = [person for person in plan.of_role("volunteer") if not person.has("participant")]
    serving = [person for person in plan.of_role("participant") if person.name != NEWCOMER]
    participants = [person for person in serving if not person.has("volunteer")]
    days = [plan.now - timedelta(days=days, hours=3) for days in (1, 2, 4, 6, 9, 13)]
    _add(plan, volunteers[0], days[1], county, stories, shown_at=days[1] + timedelta(days=400))
    _add(plan, volunteers[1], days[4], county, stories, shown_at=days[4] - timedelta(days=500))
    _add(plan, participants[-1], days[0], county, stories)
    admitted = _add(plan, participants[-3], days[4], county, stories)
    plan.desk(
        plan.office_time(days[4], hours=(4, 9)),
        plan.of_role("intake_clerk")[0].id,
        "intake_clerk",
        "admission",
        {"verdict": "admitted", "reason": plan.rng.choice(stories.admission_reasons)},
        admits=admitted,
    )
    _add(plan, volunteers[2], days[2], county, stories, is_tampered=True)
    _add(plan, volunteers[3], days[3], county, stories, schema=7)
    _add(plan, volunteers[4], days[5], county, stories, title=stories.leads[0]["title"] * 8)
    _plan_unknown_order(plan, participants[-2], days[1], stories)


def _add(
    plan: Plan,
    member: Person,
    at: datetime,
    county: County,
    stories: Stories,
    *,
    shown_at: datetime | None = None,
    title: str | None = None,
    schema: int = 1,
    is_tampered: bool = False,
) -> str:
    """Plan a lead that is right but for what is named and return its id.

    `shown_at` is what the phone's clock says.
    """
    story = plan.rng.choice(stories.leads)
    township = plan.rng.choice(county.townships)
    written_at = shown_at or at
    body = {
        "domain": story["domain"],
        "domain_version": DOMAIN_VERSION,
        "title": title or story["title"],
        "description": story["text"].format(place=township.zh + plan.rng.choice(stories.places)),
        "observed_at": (written_at - timedelta(minutes=4)).isoformat(timespec="milliseconds"),
        "township": township.code,
        "place_text": township.zh + plan.rng.choice(stories.place_texts),
        "urgency": "normal",
        "media": [],
        "no_photo_reason": plan.rng.choice(stories.no_photo_reasons),
    }
    lead = plan.record_id("lead", at)
    plan.drafts.append(
        PhoneDraft(
            at=written_at,
            recorded_at=at,
            arrives_at=at + timedelta(minutes=9),
            member=member.id,
            record_id=lead,
            role="volunteer",
            body=body,
            schema=schema,
            is_tampered=is_tampered,
        )
    )
    return lead


def _plan_unknown_order(plan: Plan, participant: Person, at: datetime, stories: Stories) -> None:
    """Plan a check-in for an order that the centre does not hold: it waits for it."""
    stations = [d for d in plan.drafts if d.record_id and d.record_id.startswith("station:")]
    station = stations[0]
    order = plan.record_id("service_order", at - timedelta(days=1))
    assert station.record_id is not None
    plan.drafts.append(
        check_event(
            plan,
            participant,
            order,
            station.record_id,
            station.body["point"],
            kind="in",
            at=at,
            stories=stories,
        )
    )
