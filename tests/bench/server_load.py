"""Many phones connect at once, each with entries and photos: how fast all is received, and nothing is lost.

`python -m tests.bench.server_load --devices 500` prints the figures with the machine; the server is the
real one on a fresh data folder, and the phones share its cores.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import urllib3

from server.demo.fleet import Outcome, outcome, run_all, settle
from server.demo.phone import SimulatedPhone
from server.demo.photos import Camera, padded
from server.demo.plan import ZONE
from server.demo.wire import open_pool
from server.demo.work import lead_body
from server.identity.members import NewMember
from server.opening import open_services
from server.settings import Settings
from tests.support.server_process import ServerProcess

DEADLINE_S = 900.0


@dataclass(frozen=True, slots=True)
class Load:
    devices: int = 500
    entries: int = 20
    photos: int = 5
    photo_bytes: int = 200_000


@dataclass(frozen=True, slots=True)
class Figures:
    """`seconds` is from the start to the last receipt and the last verified photo."""

    machine: str
    outcome: Outcome
    seconds: float
    prepare_s: float
    web_peak_mib: float
    worker_peak_mib: float


class StampedPhoto:
    """A photo that no other is: shared picture bytes with a number in a comment, made when wanted."""

    def __init__(self, picture: bytes, number: int) -> None:
        self._picture = picture
        self._number = number

    @property
    def data(self) -> bytes:
        stamp = b"%016d" % self._number
        return self._picture[:2] + b"\xff\xfe\x00\x12" + stamp + self._picture[2:]

    @cached_property
    def promise(self) -> dict[str, Any]:
        data = self.data
        return {
            "sha256": hashlib.sha256(data).hexdigest(),
            "size": len(data),
            "type": "image/jpeg",
            "taken_at": datetime.now(ZONE).isoformat(timespec="milliseconds"),
        }


def measure(load: Load, data: Path) -> Figures:
    """Run the load against a fresh server on this folder."""
    began_s, on = time.monotonic(), machine()
    codes = make_codes(data, load.devices)
    server = ServerProcess(data)
    server.start()
    try:
        pool = open_pool(load.devices)
        phones = [_enrolled(pool, server.url, code, number) for number, code in enumerate(codes)]
        _record(phones, load)
        starts_s = time.monotonic()
        failures = run_all(phones, lambda phone: settle(phone, starts_s + DEADLINE_S))
        seconds = time.monotonic() - starts_s
        result = outcome(phones, starts_s, failures)
        web_mib, worker_mib = _peaks_mib(server)
    finally:
        server.stop()
    return Figures(on, result, seconds, starts_s - began_s, web_mib, worker_mib)


def make_codes(data: Path, devices: int) -> list[str]:
    """Add so many volunteers and return an enrolment code for each."""
    data.mkdir(parents=True, exist_ok=True)
    services = open_services(Settings(data=data))
    try:
        directory = services.directory
        members = directory.add_members([NewMember(name=f"志愿者 {number}") for number in range(devices)])
        since = datetime.now(UTC) - timedelta(days=1)
        grants = [directory.new_grant(member.id, "volunteer", "self", since) for member in members]
        directory.add_grants(grants)
        return [services.enrolment.make_code(member.id, by="system").code for member in members]
    finally:
        services.couch.close()


def report(load: Load, figures: Figures) -> list[str]:
    """Return the figures, line by line."""
    result, seconds = figures.outcome, figures.seconds
    entries_s = result.entries / max(result.last_ack_s, 0.001)
    megabytes_s = result.photos * load.photo_bytes / 1e6 / seconds
    return [
        f"machine: {figures.machine}",
        f"load: {load.devices} phones at once, each {load.entries} entries"
        f" and {load.photos} photos of {load.photo_bytes} bytes",
        f"entries: {result.entries}, the last acked after {result.last_ack_s:.1f} s = {entries_s:.0f}/s"
        f" (from sent to acked: p50 {result.ack_p50_s:.2f} s, p95 {result.ack_p95_s:.2f} s)",
        f"photos: {result.photos_verified} of {result.photos}, the last verified after {seconds:.1f} s"
        f" = {result.photos / seconds:.0f}/s, {megabytes_s:.1f} MB/s",
        f"memory, peak: web {figures.web_peak_mib:.0f} MiB, worker {figures.worker_peak_mib:.0f} MiB",
        f"requests: {result.requests}, {result.retries} of them again; verdicts: {dict(result.verdicts)}",
        f"lost: {len(result.lost)}; phones that gave up: {dict(result.failures) or 'none'}",
    ]


def machine() -> str:
    """Return what the figures were made on."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if "model name" in line), ""
    )
    memory_kib = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    python = platform.python_version()
    cores = os.cpu_count()
    busy = os.getloadavg()[1]  # of the last five minutes: what else the machine was doing
    name = cpu or platform.processor()
    return f"{name}, {cores} cores, {memory_kib / 2**20:.0f} GiB, Python {python}, load {busy:.1f}"


def _enrolled(pool: urllib3.PoolManager, url: str, code: str, number: int) -> SimulatedPhone:
    phone = SimulatedPhone(pool, url, random.Random(number), patience_s=DEADLINE_S)
    phone.enrol(code, label=f"load {number}")
    return phone


def _record(phones: Sequence[SimulatedPhone], load: Load) -> None:
    """Write every log as without a network; photos are spread over the first entries."""
    rng = random.Random(1)
    camera = Camera(rng, scenes=4)
    pictures = [padded(camera.take(datetime.now(ZONE), "load").data, load.photo_bytes - 20) for _ in range(8)]
    number = 0
    for phone in phones:
        for entry in range(load.entries):
            photos = []
            if entry < load.photos:
                photos = [StampedPhoto(pictures[number % len(pictures)], number)]
                number += 1
            body = lead_body(rng, datetime.now(ZONE))
            if not photos:
                body["no_photo_reason"] = "-"
            phone.append("lead", body, role="volunteer", photos=photos)


def _peaks_mib(server: ServerProcess) -> tuple[float, float]:
    """Return the peak memory of the web processes together, and of the worker."""
    assert server.process is not None
    web = worker = 0.0
    for pid in _descendants(server.process.pid):
        name = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        peak_kib = next(int(line.split()[1]) for line in _lines(f"/proc/{pid}/status") if "VmHWM" in line)
        if b" worker" in name:
            worker += peak_kib / 1024
        else:
            web += peak_kib / 1024
    return web, worker


def _descendants(pid: int) -> list[int]:
    children = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [each for child in children for each in (child, *_descendants(child))]


def _lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines() if Path(path).exists() else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("devices", 500), ("entries", 20), ("photos", 5), ("photo-bytes", 200_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    load = Load(given.devices, given.entries, given.photos, given.photo_bytes)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(load, Path(folder) / "data")
    print("\n".join(report(load, figures)), flush=True)
    return 0 if not figures.outcome.lost and not figures.outcome.failures else 1


if __name__ == "__main__":
    raise SystemExit(main())
