"""The day itself, lived once in browsers: from the evening before, when all enrol, to the evening's sync."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import apsw
from flask import Flask
from playwright.sync_api import Playwright

from server.records.station_code import code_at
from server.services import EXTENSION, Services
from sync.peer import Document
from tests.journeys.service_day.devices import DayPhone, DayTablet, jump
from tests.journeys.service_day.house import House, house, web
from tests.journeys.service_day.moments import BEFORE, RunningClock, acted, at
from tests.journeys.service_day.place import CODES, ORDERS, PEOPLE, QIAN, SHEET, STATION, ZHAO, set_up
from tests.support.centre import until
from tests.support.photos import write_photo
from tests.support.tablet import Operator

JIA, YI, BING = CODES
ENTRIES = {JIA: 8, YI: 2, BING: 2, "tablet": 8}
"""How many each device writes that day; two of 甲's phone are 丙's."""
PHOTOS = 3
TWO = (Operator(ZHAO, "赵督导", "258036"), Operator(QIAN, "钱督导", "741963"))


@dataclass(slots=True)
class Lived:
    """What a day leaves: `base` is the centre before it, `logs` what came, the tablet's first."""

    app: Flask
    house: House
    clock: RunningClock
    phones: dict[str, DayPhone]
    tablet: DayTablet
    base: Path
    media: Path
    logs: list[list[Document]]
    arrivals: list[Document]


@contextmanager
def lived_day(driver: Playwright, folder: Path) -> Iterator[Lived]:
    """Live it, and leave browsers and centre open behind the evening's sync."""
    data, base = folder / "data", folder / "base"
    clock = RunningClock(at("20:00", BEFORE))
    with house(data, clock.now) as centre, web(data, clock.now) as (app, origin):
        set_up(centre.services)
        centre.work()
        phones = {
            name: DayPhone(driver, folder / name, origin, ahead=timedelta(hours=name == YI)) for name in CODES
        }
        tablet = DayTablet(driver, folder / "tablet", origin)
        try:
            _enrol(app, clock, phones, tablet, centre)
            _copy(data, base)
            _serve(centre.services, phones, tablet, folder)
            _send(centre, clock, phones, tablet)
            logs, arrivals = _received(centre.services)
            yield Lived(app, centre, clock, phones, tablet, base, data / "media", logs, arrivals)
        finally:
            for each in (*phones.values(), tablet):
                each.close()


def _enrol(
    app: Flask, clock: RunningClock, phones: dict[str, DayPhone], tablet: DayTablet, centre: House
) -> None:
    services: Services = app.extensions[EXTENSION]
    for name, phone in phones.items():
        phone.begin(clock.now(), services.enrolment.make_code(PEOPLE[name], by="system").code)
    tablet.start(clock.now(), services.enrolment.make_tablet_code(STATION, by="system").code)
    tablet.work()
    for person in TWO:
        code = services.enrolment.make_operator_code(person.member, STATION, by="system").code
        tablet.begin(code, person.pin)
        tablet.tile(CODES[JIA]).wait_for()
        tablet.lock()
        tablet.work()
    tablet.page.locator("header a").first.click()
    centre.work()


def _serve(services: Services, phones: dict[str, DayPhone], tablet: DayTablet, folder: Path) -> None:
    """From 08:30 to 18:10, and nobody has a network."""
    for each in (*phones.values(), tablet):
        each.cut()
    (secret,) = services.directory.station_secrets.all_of(STATION)

    def shown(clock: str) -> str:
        return tablet.show(clock, code_at(secret.key, acted(clock)))

    jia, yi, bing = (phones[name] for name in CODES)
    zhao, qian = TWO
    lent = {"order": ORDERS[BING], "station": STATION, "station_version": 1}
    write_photo(folder / "bing.jpg", seed=1)
    write_photo(folder / "sheet.jpg", seed=2)

    yi_in = yi.do("in", "08:30", shown("08:30"))
    jia_in = jia.do("in", "09:00", shown("09:00"))
    jia.do("break_start", "09:10")
    jia.do("break_end", "09:50")
    jia.lend("10:00", PEOPLE[BING], "in", lent)
    tablet.say_word("10:02", zhao, CODES[BING], "in", photo=folder / "bing.jpg")
    yi.do("out", "11:30", shown("11:30"))
    jia.lend("11:30", PEOPLE[BING], "out", lent)
    tablet.say_word("11:31", zhao, CODES[BING], "out")
    tablet.say_word("11:35", zhao, CODES[YI], "sup_confirm", short=yi_in)
    jia.do("out", "12:02", shown("12:02"))
    tablet.say_word("12:05", zhao, CODES[JIA], "sup_confirm", short=jia_in)
    bing_in = bing.do("in", "13:00", shown("13:00"))
    tablet.say_word("13:05", zhao, CODES[BING], "sup_confirm", short=bing_in)
    jia_again = jia.do("in", "14:00", shown("14:00"))
    bing.do("mid_check", "14:40", shown("14:40"))
    jia.do("out", "16:00", shown("16:00"))
    tablet.say_word("16:10", qian, CODES[JIA], "sup_deny", short=jia_again, reason="下午来的不是本人")
    for clock, person in (("18:10", qian), ("18:15", zhao)):
        tablet.write_sheet(clock, person, SHEET, CODES[YI], ("14:00", "16:00"), folder / "sheet.jpg")


def _send(centre: House, clock: RunningClock, phones: dict[str, DayPhone], tablet: DayTablet) -> None:
    """All sync in the evening; photos follow once their entries are known."""
    clock.set(at("19:30"))
    tablet.send(clock.now())
    for phone in phones.values():
        jump(phone.page, clock.now(), ahead=phone.ahead)
        phone.cut(is_off=False)
        phone.send()

    def is_there() -> bool:
        centre.work()
        logs, arrivals = _received(centre.services)
        return sum(map(len, logs)) == sum(ENTRIES.values()) and len(arrivals) == PHOTOS

    until(is_there, timeout_s=60)
    centre.work()


def _received(services: Services) -> tuple[list[list[Document]], list[Document]]:
    logs: dict[str, list[Document]] = {}
    arrivals = []
    for row in services.couch.open("logs").all_docs(include_docs=True):
        document: dict[str, Any] = {k: v for k, v in (row.doc or {}).items() if k != "_rev"}
        if row.id.startswith("media:"):
            arrivals.append(document)
        elif "entry" in document and not row.id.startswith("desk-"):
            logs.setdefault(document["entry"]["device"], []).append(document)
    # The tablet's is the one with supervisors in it; the phones' follow.
    return sorted(logs.values(), key=lambda log: log[0]["entry"]["role"] != "supervisor"), arrivals


def _copy(data: Path, base: Path) -> None:
    """Keep the centre as it is before the day, whatever is written meanwhile."""
    base.mkdir()
    for name in ("keys", "journal"):
        shutil.copytree(data / name, base / name)
    # The engine's own library: a second one in this process would take its locks away.
    source, target = apsw.Connection(str(data / "couch.sqlite")), apsw.Connection(str(base / "couch.sqlite"))
    with target.backup("main", source, "main") as copy:
        copy.step()
    source.close()
    target.close()
