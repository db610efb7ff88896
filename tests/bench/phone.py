"""Figures of the phone: weight of a first visit, cold start offline, saving a record, a pass, an ack.

The main thread is throttled sixfold by DevTools and the handlers run in the page, for a worker cannot be
throttled. `LIANDONG_CLIENT` names another built client to compare with. Nothing here fails a build.
"""

from __future__ import annotations

import gzip
import json
import os
import platform
import re
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Response

from server.messages import text
from tests.journeys.forging import forge_source
from tests.support.browser import Profile, playwright_driver
from tests.support.county import enrolment_code, load_county, make_county
from tests.support.field_phone import FieldPhone
from tests.support.proxy import CuttingProxy
from tests.support.server_process import ServerProcess

RECORDS = 1000
THROTTLE = 6
RUNS = 7
FIELDS = {
    "domain": "ECO",
    "title": "坝坡被开垦",
    "description": "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝。",
}
ON_DEMAND = Path(__file__).parent.parent.parent / "client" / "dist" / "on-demand.json"
"""What the worker fetches in the background: uploader, rescue file, and screens that some people need."""

APPEND_MANY = """([count, fields]) => (async () => {
  for (let n = 0; n < count; n += 1) await forge.appendLead({ ...fields, title: fields.title + " " + n });
})()"""
APPENDED_IN = """async (fields) => {
  const from = performance.now();
  await forge.appendLead(fields);
  return performance.now() - from;
}"""
ALL_RECEIVED = """() => {
  const rows = document.querySelectorAll("#live .rows li");
  return rows.length > 0 && [...rows].every((row) => row.querySelector(".where-received"));
}"""
SHOWN_AT = """
  globalThis.shownAt = new Promise((done) => {
    new MutationObserver((_changes, observer) => {
      if (!document.querySelector("#live .rows li")) return;
      observer.disconnect();
      // The next task after the paint: from here a tap is answered.
      requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0));
    }).observe(document, { childList: true, subtree: true });
  });
"""
SAVED_AT = """(title) => new Promise((done) => {
  const times = {};
  const settle = () => { if (times.durable && times.shown) done(times); };
  const from = performance.now();
  new BroadcastChannel("liandong").addEventListener("message", ({ data }) => {
    // Announced when the transaction with strict durability is complete.
    if (data.changed === "log") times.durable ??= performance.now() - from;
    settle();
  });
  new MutationObserver(() => {
    if (document.querySelector("h1")?.textContent === title) times.shown ??= performance.now() - from;
    settle();
  }).observe(document, { childList: true, subtree: true });
  document.querySelector("button[hx-post$='/submit']").click();
})"""


def main() -> int:
    machine = f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}, {platform.platform()}"
    print(f"{machine}; medians of {RUNS} (least–most)", flush=True)
    with tempfile.TemporaryDirectory() as folder, county(Path(folder)) as (server, driver):
        visits = Visit.first(driver, server, Path(folder))
        for line in visits:
            print(line, flush=True)
        with enrolled_phone(driver, server, Path(folder) / "phone") as phone:
            phone.page.evaluate(forge_source())
            phone.page.evaluate(APPEND_MANY, [RECORDS, FIELDS])
            quiet(phone)
            requests, size = nothing_to_do(phone)
            print(f"a pass with nothing to do: {requests} requests, {size} bytes of answers (limits 1, 2000)")
            acknowledged = [acknowledged_s(phone) for _ in range(3)]
            say("push of one entry to its acknowledgement on the screen", acknowledged, "s", 2.0)
            server.kill()
            measure_offline(phone)
    return 0


def measure_offline(phone: FieldPhone) -> None:
    """With the server away: cold starts, then records through the form of the last page opened."""
    starts = [cold_start_s(phone) for _ in range(RUNS)]
    say(f"cold start offline at 6x with {RECORDS} records, to the list", starts, "s", 1.0)
    saves = [saving_ms(phone, number) for number in range(RUNS)]
    say("saving a record at 6x, tap to durable", [durable for durable, _ in saves], "ms", 100)
    say("… and to the next screen", [shown for _, shown in saves], "ms")
    phone.page.evaluate(forge_source())
    alone = [float(phone.page.evaluate(APPENDED_IN, FIELDS)) for _ in range(RUNS)]
    say("… of that, sealing and writing alone", alone, "ms")


def say(what: str, values: list[float], unit: str, limit: float | None = None) -> None:
    digits = 0 if unit == "ms" else 2
    told = "" if limit is None else f" (limit {limit:g})"
    middle, least, most = statistics.median(values), min(values), max(values)
    print(
        f"{what}: {middle:.{digits}f} {unit} ({least:.{digits}f}–{most:.{digits}f}){told}",
        flush=True,
    )


@contextmanager
def county(folder: Path) -> Iterator[tuple[ServerProcess, Any]]:
    """A small county, served, and the driver of its browsers."""
    (folder / "data").mkdir()
    make_county(folder / "data")
    proxy = CuttingProxy(0)
    server = ServerProcess(folder / "data", public_port=proxy.port)
    proxy.upstream_port = server.port
    server.start()
    try:
        with playwright_driver() as driver:
            yield server, driver
    finally:
        server.stop()
        proxy.close()


class Visit:
    """What a browser asks for until the phone is enrolled and has its worker and its feeds."""

    def __init__(self) -> None:
        self.addresses: dict[str, None] = {}

    def note(self, answer: Response) -> None:
        if answer.ok and re.search(r"\.(js|css)$", answer.url):
            self.addresses[answer.url] = None

    @classmethod
    def first(cls, driver: Any, server: ServerProcess, folder: Path) -> list[str]:
        """Return lines to print: the sum, and each file with its packed size as the server sends it."""
        seen = cls()
        profile = Profile(driver, folder / "first")
        phone = FieldPhone(profile, f"http://localhost:{server.public_port}")
        phone._page = profile.open()
        phone.page.context.on("response", seen.note)
        phone.enrol(enrolment_code(server.data, load_county(server.data).both))
        phone.close()
        later = set(json.loads(ON_DEMAND.read_text()))
        now = {url: packed_bytes(url) for url in seen.addresses if url.rsplit("/", 1)[1] not in later}
        total = sum(now.values())
        lines = [
            f"first visit, JavaScript and CSS of {len(now)} files: {total / 1000:.1f} kB gzip (limit 80)"
        ]
        return lines + [f"  {size / 1000:6.1f} kB  {url.rsplit('/', 1)[1]}" for url, size in now.items()]


def packed_bytes(url: str) -> int:
    """Return the size of a file as the server sends it to a browser; gzip -9 of it where it comes plain."""
    asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked) as answer:
        body: bytes = answer.read()
        is_packed = answer.headers["Content-Encoding"] == "gzip"
    return len(body) if is_packed else len(gzip.compress(body, 9))


@contextmanager
def enrolled_phone(driver: Any, server: ServerProcess, profile: Path) -> Iterator[FieldPhone]:
    phone = FieldPhone(Profile(driver, profile), f"http://localhost:{server.public_port}")
    phone.open()
    phone.enrol(enrolment_code(server.data, load_county(server.data).both))
    try:
        yield phone
    finally:
        phone.close()


def quiet(phone: FieldPhone) -> None:
    """Wait until everything is acknowledged, and judged, and pulled."""
    phone.go("/app/sync")
    phone.status().get_by_text(text("phone.status.all_sent")).wait_for(timeout=600_000)
    phone.go("/app/mine")
    phone.page.wait_for_function(ALL_RECEIVED, timeout=600_000)
    phone.page.wait_for_timeout(3000)


def nothing_to_do(phone: FieldPhone) -> tuple[int, int]:
    """Return requests and bytes answered, headers included, of one pass with nothing to send or pull."""
    phone.go("/app/sync")
    phone.page.wait_for_timeout(3000)
    seen: list[Response] = []
    phone.page.context.on("response", lambda answer: seen.append(answer) if of_sync(answer.url) else None)
    phone.page.get_by_role("button", name=text("phone.sync.now")).click()
    phone.page.wait_for_timeout(4000)
    return len(seen), sum(size_of(answer) for answer in seen)


def of_sync(url: str) -> bool:
    return "/sync/" in url.replace("/app/sync", "") or "/db/" in url


def size_of(answer: Response) -> int:
    sizes = answer.request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def acknowledged_s(phone: FieldPhone) -> float:
    """From the start of the push to the record's screen saying received."""
    record = phone.report_lead("坝坡被开垦")
    started = time.monotonic()
    phone.expect_where(record, "received")
    return time.monotonic() - started


def cold_start_s(phone: FieldPhone) -> float:
    """Close the browser, open it, and measure from navigation to a list that answers a tap."""
    phone.close()
    phone._page = phone.profile.open()
    # The browser's own start is not the phone's; no worker and no page of ours runs in it yet.
    phone.page.wait_for_timeout(2000)
    throttle(phone.page)
    phone.page.add_init_script(SHOWN_AT)
    phone.go("/app/mine?handlers=page")
    return float(phone.page.evaluate("() => globalThis.shownAt")) / 1000


def throttle(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})


def saving_ms(phone: FieldPhone, number: int) -> tuple[float, float]:
    """Fill in the form, tap once, and return when the record was durable and when the next screen stood."""
    title = f"记录 {number}"
    page = phone.page
    page.goto(f"{phone.origin}/app/?handlers=page", wait_until="domcontentloaded")
    page.get_by_role("button", name=text("phone.lead.begin")).click()
    page.get_by_text(text("phone.lead.no_photo"), exact=True).click()
    page.get_by_label(text("phone.lead.no_photo_reason")).fill("测试")
    page.get_by_label(re.compile("生态环境")).check(force=True)
    page.get_by_label(text("phone.lead.title_field")).fill(title)
    page.get_by_label(text("phone.lead.description")).fill(FIELDS["description"])
    page.get_by_label(text("phone.lead.place_text")).fill("险工段")
    page.wait_for_timeout(2500)
    times = page.evaluate(SAVED_AT, title)
    return float(times["durable"]), float(times["shown"])


if __name__ == "__main__":
    raise SystemExit(main())
