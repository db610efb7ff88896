"""What one simulated person records: a volunteer reports, a participant checks in and out."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from server.demo.county import county, stories
from server.demo.leads import DOMAIN_VERSION
from server.demo.phone import OwnEntry, SimulatedPhone
from server.demo.photos import Camera
from server.demo.plan import ZONE
from server.records.entry import new_part

Work = Callable[[SimulatedPhone, random.Random, Camera], OwnEntry]


def work_of(phone: SimulatedPhone) -> Work:
    """Return what this phone's member does, from the roles and feeds that the server grants."""
    phone.fetch_state()
    own = [name.rpartition("-")[0] for name in phone.feeds if name.startswith("member-")]
    views = [view for audience in own for view in phone.read_feed(audience)]
    orders = [view for view in views if view["_id"].startswith("service_order:")]
    if "participant" in phone.roles and orders:
        stations = {view["_id"]: view for view in phone.read_feed("catalog")}
        order = orders[-1]
        return lambda phone, rng, _camera: check(phone, rng, order, stations[order["stations"][0]])
    return lambda phone, rng, camera: report(phone, rng, camera, photos=rng.choice((1, 1, 2)))


def report(phone: SimulatedPhone, rng: random.Random, camera: Camera, *, photos: int) -> OwnEntry:
    """Write a lead with so many fresh photos."""
    at = datetime.now(ZONE)
    township = rng.choice(county().townships)
    taken = [camera.take(at, f"QH {township.code}") for _ in range(photos)]
    body = lead_body(rng, at)
    return phone.append("lead", body, role="volunteer", photos=taken, at=at)


def lead_body(rng: random.Random, at: datetime) -> dict[str, Any]:
    """Return the body of a lead seen a moment ago, without photos."""
    township, story = rng.choice(county().townships), rng.choice(stories().leads)
    return {
        "domain": story["domain"],
        "domain_version": DOMAIN_VERSION,
        "title": story["title"],
        "description": story["text"].format(place=township.zh + rng.choice(stories().places)),
        "observed_at": at.isoformat(timespec="milliseconds"),
        "township": township.code,
        "place_text": township.zh + rng.choice(stories().place_texts),
        "urgency": story.get("urgency", "normal"),
    }


def check(
    phone: SimulatedPhone, rng: random.Random, order: dict[str, Any], station: dict[str, Any]
) -> OwnEntry:
    """Write a check event: in, then out, then in again."""
    at = datetime.now(ZONE)
    body = {
        "kind": "in" if len(phone.entries) % 2 == 0 else "out",
        "order": order["_id"],
        "station": station["_id"],
        "station_version": station["version"],
    }
    samples = [
        {
            "lat": round(station["point"]["lat"] + rng.gauss(0, 0.0003), 6),
            "lng": round(station["point"]["lng"] + rng.gauss(0, 0.0003), 6),
            "accuracy_m": round(rng.uniform(6, 40), 1),
            "altitude": None,
            "at": at.isoformat(timespec="milliseconds"),
        }
        for _ in range(3)
    ]
    fix = new_part({"samples": samples, "datum": "WGS-84", "spread_m": 4.2})
    return phone.append("check_event", body, role="participant", parts={"fix": fix}, at=at)
