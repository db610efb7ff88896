"""Good bodies of each type, to be changed in one place by a test."""

from __future__ import annotations

import copy
from typing import Any

DEVICE = "d01jd0000000000000000000001"
DESK = "desk-0123456789ab"
VOLUNTEER = "m01jd0000000000000000000002"
PARTICIPANT = "m01jd0000000000000000000003"
CLERK = "m01jd0000000000000000000004"
LEAD = "lead:01jd00000000000000000000a1"
CHECK_EVENT = "check_event:01jd00000000000000000000a2"
STATION = "station:01jd00000000000000000000c1"
ORDER = "service_order:01jd00000000000000000000b1"
TOWNSHIP = "371425104"

_PHOTO = {
    "sha256": "ab" * 32,
    "size": 204800,
    "type": "image/jpeg",
    "taken_at": "2026-11-23T13:41:00+08:00",
    "position": {"lat": 36.738, "lng": 116.872, "accuracy_m": 12, "datum": "WGS-84"},
}
_BODIES: dict[str, dict[str, Any]] = {
    "lead": {
        "domain": "ECO",
        "domain_version": 2024,
        "title": "坝坡被开垦种植玉米",
        "description": "黄河北岸 73 号网格坝坡被开垦，约 3.5 亩种了玉米，沿线还有两处。",
        "observed_at": "2026-11-23T13:40:00+08:00",
        "point": {
            "lat": 36.738,
            "lng": 116.872,
            "accuracy_m": 12.5,
            "datum": "WGS-84",
            "datum_source": "browser",
            "at": "2026-11-23T13:39:58+08:00",
            "n_samples": 5,
            "spread_m": 3.2,
        },
        "township": TOWNSHIP,
        "urgency": "urgent",
        "media": [_PHOTO],
    },
    "check_event": {
        "kind": "in",
        "order": ORDER,
        "station": STATION,
        "station_version": 1,
        "code": {"value": "042917", "at": "2026-11-23T14:02:00+08:00"},
        "note": "今天下雨",
    },
    "station": {
        "code": "ZA-01",
        "name": "祝阿镇公益服务站",
        "host_unit": "祝阿镇人民政府",
        "township": TOWNSHIP,
        "address": "祝阿镇政府东侧",
        "point": {"lat": 36.734, "lng": 116.842, "accuracy_m": 5, "datum": "WGS-84"},
        "fence_m": 200,
        "open_hours": "08:30-17:30",
        "capacity": 8,
        "service_types": ["sanitation"],
        "version": 1,
    },
    "service_order": {
        "order_no": "QH-GY-2026-018",
        "display_code": "乙-31",
        "participant": PARTICIPANT,
        "required_min": 1800,
        "start_on": "2026-11-01",
        "due_on": "2026-12-20",
        "stations": [STATION],
        "service_types": ["sanitation"],
        "verify_level": "L2",
    },
    "code_table": {
        "table": "domain",
        "version": 2024,
        "valid_from": "2024-01-01",
        "codes": [
            {
                "code": "ECO",
                "zh": "生态环境和资源保护",
                "en": "Environment and natural resources",
                "common": True,
                "subtypes": [{"code": "DYKE", "zh": "侵占河道堤防", "en": "Occupied river dyke"}],
            }
        ],
    },
    "step": {"record": LEAD, "base": ["ab" * 32], "action": "register", "to": "registered", "fields": {}},
    "admission": {
        "device": DEVICE,
        "entry": 7,
        "hash": "ab" * 32,
        "verdict": "admitted",
        "reason": "与本人核实过",
    },
    "erasure": {
        "order": ORDER,
        "hold_until": "2026-08-01",
        "keep_days": 90,
        "due_on": "2026-10-30",
        "items": [{"log": f"{DEVICE}:0000000001", "parts": ["fix"], "files": []}],
    },
    "backup": {"taken_at": "2026-11-23T03:00:00+08:00", "sha256": "ab" * 32, "epoch": "0123456789ab"},
}
FIX = {
    "samples": [
        {
            "lat": 36.738,
            "lng": 116.872,
            "accuracy_m": 12.5,
            "altitude": None,
            "at": "2026-11-23T14:02:00+08:00",
        }
    ],
    "datum": "WGS-84",
    "spread_m": 3.2,
}


def good_body(record_type: str, **changes: Any) -> dict[str, Any]:
    """A body that its schema takes, with members changed; a change to None takes the member away."""
    body = copy.deepcopy(_BODIES[record_type])
    body.update(changes)
    return {name: value for name, value in body.items() if value is not None}


def good_lead_2(**changes: Any) -> dict[str, Any]:
    """A lead of schema 2 with everything that it may have, but a campaign."""
    body = good_body("lead", point=None)
    fix = {"kind": "fix", **_BODIES["lead"]["point"]}
    body |= {
        "local_ref": "7F3A-012",
        "source": "volunteer",
        "places": [
            fix,
            {"kind": "pin", "lat": 36.741, "lng": 116.88, "datum": "WGS-84"},
            {"kind": "stake", "stake_no": "K73+200", "grid_no": 73},
        ],
        "urgency_criterion": "flood_season",
        "harm_est": {"area_mu": 3.5, "length_m": 120, "count": 2},
        "suspected_actor": "附近村民张某",
        "agency": "黄河河务局",
        "anonymity": "hidden",
        "contact_ok": True,
        "related": ["lead:01jd00000000000000000000a9"],
        "media": [_PHOTO, {**_PHOTO, "type": "video/mp4", "duration_s": 12.4}],
    }
    body.update(copy.deepcopy(changes))
    return {name: value for name, value in body.items() if value is not None}


def entry(record_type: str, body: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """As much of an entry as rules look at."""
    return {
        "id": f"{record_type}:01jd00000000000000000000f1",
        "type": record_type,
        "schema": 1,
        "device": DEVICE,
        "author": VOLUNTEER,
        "role": "volunteer",
        "at": "2026-11-23T14:05:00+08:00",
        "parts": {},
        "body": good_body(record_type) if body is None else body,
        **members,
    }
