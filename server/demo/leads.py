"""The demo's leads: what volunteers report from fields and streets, and what the office does with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from server.demo.county import County, Stories, Township
from server.demo.people import Person
from server.demo.photos import Camera, Photo
from server.demo.plan import PhoneDraft, Plan

LEADS: Final = 250
DOMAIN_VERSION: Final = 2024


def plan_leads(plan: Plan, county: County, stories: Stories, camera: Camera, *, count: int = LEADS) -> None:
    volunteers = plan.of_role("volunteer")
    eager = volunteers + volunteers[: len(volunteers) // 3] * 2
    for _ in range(count):
        at = plan.moment(plan.a_day(recent=1.3), 6.5, 19.5)
        if at < plan.now - timedelta(minutes=5):
            _plan_lead(plan, plan.rng.choice(eager), at, county, stories, camera)


def _plan_lead(
    plan: Plan, reporter: Person, at: datetime, county: County, stories: Stories, camera: Camera
) -> None:
    rng = plan.rng
    township = rng.choice(county.townships)
    story = rng.choice(stories.leads)
    photos = _photos(plan, at, township, camera)
    body: dict[str, Any] = {
        "domain": story["domain"],
        "domain_version": DOMAIN_VERSION,
        "title": story["title"],
        "description": story["text"].format(place=township.zh + rng.choice(stories.places)),
        "observed_at": _text(at - timedelta(minutes=rng.uniform(1, 40))),
        "township": township.code,
        "urgency": story.get("urgency", "normal"),
        "media": [photo.promise for photo in photos],
    }
    if not photos:
        body["no_photo_reason"] = rng.choice(stories.no_photo_reasons)
    if rng.random() < 0.85:
        body["point"] = _point(plan, at, township)
    else:
        body["place_text"] = township.zh + rng.choice(stories.place_texts)
    lead = plan.record_id("lead", at)
    arrives_at = plan.arrival(at)
    plan.drafts.append(
        PhoneDraft(
            at=at,
            arrives_at=arrives_at,
            member=reporter.id,
            record_id=lead,
            role="volunteer",
            body=body,
            photos=photos,
        )
    )
    _plan_office(plan, lead, arrives_at, stories)


def _plan_office(plan: Plan, lead: str, arrived_at: datetime, stories: Stories) -> None:
    """Register most leads within two working days, send a few back, answer many within three weeks."""
    rng = plan.rng
    clerk = rng.choice(plan.of_role("intake_clerk"))
    prosecutor = rng.choice(plan.of_role("prosecutor"))
    looked_at = plan.office_time(arrived_at, hours=(0.5, 40))
    chance = rng.random()
    if chance < 0.06:
        return
    if chance < 0.12:
        plan.step(
            lead,
            looked_at,
            clerk,
            "intake_clerk",
            "return",
            to="returned",
            fields={"note": rng.choice(stories.returns)},
        )
        return
    plan.step(lead, looked_at, clerk, "intake_clerk", "register", to="registered")
    if rng.random() < 0.75:
        answered_at = plan.office_time(looked_at, hours=(30, 480))
        fields = {"answer": rng.choice(stories.answers)}
        plan.step(lead, answered_at, prosecutor, "prosecutor", "answer", to="answered", fields=fields)


def _photos(plan: Plan, at: datetime, township: Township, camera: Camera) -> tuple[Photo, ...]:
    count = plan.rng.choice((0, 1, 1, 1, 2))
    return tuple(
        camera.take(at - timedelta(seconds=60 - 20 * number), f"QH {township.code}")
        for number in range(count)
    )


def _point(plan: Plan, at: datetime, township: Township) -> dict[str, Any]:
    rng = plan.rng
    return {
        "lat": round(township.lat + rng.gauss(0, 0.012), 6),
        "lng": round(township.lng + rng.gauss(0, 0.015), 6),
        "accuracy_m": round(rng.choice((5, 8, 12, 20, 35, 60, 180)) * rng.uniform(0.8, 1.2), 1),
        "datum": "WGS-84",
        "datum_source": "browser",
        "at": _text(at - timedelta(seconds=20)),
        "n_samples": rng.randint(3, 6),
        "spread_m": round(rng.uniform(1, 9), 1),
    }


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")
