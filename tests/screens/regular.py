"""A phone in daily use: one record at each place that a record can be, two drafts, photos on their way."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from playwright.sync_api import expect

from server.demo.photos import Camera
from server.messages import text
from tests.journeys.forging import forge_source
from tests.screens.place import Place
from tests.support.entries import lead_body
from tests.support.field_phone import FieldPhone

PLACES = {
    "refused": {"role": "participant"},
    "checking": {"schema": 99},
}


class Network(Protocol):
    place: Place

    def cut_off(self, is_off: bool) -> None: ...


@dataclass(slots=True)
class Regular:
    """`records` are ids by what became of them; `draft` is the one with photos."""

    phone: FieldPhone
    records: dict[str, str]
    draft: str
    bare_draft: str


def record_everywhere(phone: FieldPhone, look: Network, folder: Path) -> Regular:
    photos = take_photos(folder, 3)
    records = {"answered": look.place.answered, "returned": look.place.returned}
    records["received"] = phone.report_lead("干渠桥下倾倒建筑垃圾", [photos[0]])
    phone.expect_where(records["received"], "received")
    records["check_in"] = phone.check_in()
    phone.expect_where(records["check_in"], "received")
    records |= _forged(phone)
    expect(phone.status()).not_to_contain_text(text("phone.status.running"), timeout=30_000)
    look.cut_off(True)
    records["on_phone"] = phone.report_lead("坝坡被开垦种植玉米", [photos[1]])
    draft = _leave_unfinished(phone, "村外坑塘成了垃圾点", photos[1:])
    bare_draft = _leave_unfinished(phone, "排水沟被垃圾堵住", [])
    return Regular(phone, records, draft, bare_draft)


def _leave_unfinished(phone: FieldPhone, title: str, photos: list[Path]) -> str:
    """Type, and tap back at once: what was typed last is there all the same."""
    draft = phone.report_lead(title, photos, submit=False)
    phone.page.locator("header a").first.click()
    row = phone.page.locator(f"main a[href='/app/lead/{draft.removeprefix('lead:')}']")
    expect(row).to_contain_text(title)
    return draft


def _forged(phone: FieldPhone) -> dict[str, str]:
    """What no screen can do: an entry of a role that may not, and one that this server does not know yet."""
    phone.page.evaluate(forge_source())
    records = {}
    for name, change in PLACES.items():
        body = lead_body(title={"refused": "河道内堆放秸秆", "checking": "取土坑未回填"}[name])
        made = phone.page.evaluate("change => forge.append(change)", {"body": body} | change)
        records[name] = made["id"]
    phone.expect_where(records["refused"], "needs_you")
    phone.expect_where(records["checking"], "at_centre_checking")
    return records


def take_photos(folder: Path, count: int) -> list[Path]:
    """Return photos of the dyke as files, no two alike."""
    camera = Camera(random.Random(7))
    at = datetime.now(UTC).astimezone() - timedelta(minutes=9)
    paths = [folder / f"{number}.jpg" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_bytes(camera.take(at + timedelta(seconds=20 * number), "QH 371425104").data)
    return paths
