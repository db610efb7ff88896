"""`liandong demo`: simulated phones work a day in minutes, through the public interface alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import click
import urllib3
from tqdm import tqdm

from server.demo.accounts import load_accounts
from server.demo.fleet import Outcome, outcome, run_all, settle
from server.demo.office import Office, OfficeClosed
from server.demo.phone import SimulatedPhone
from server.demo.photos import Camera
from server.demo.wire import Refused, ServerAway, open_pool
from server.demo.work import work_of
from server.messages import text
from server.settings import Settings

OFFICER: Final = "clerk"
PATIENCE_S: Final = 180.0
PAUSE_S: Final = (4.0, 20.0)
"""Between two things that one person records, while the day lasts."""


def play_day(
    settings: Settings,
    *,
    server: str,
    devices: int,
    minutes: float,
    codes: Sequence[str] | None = None,
    seed: int | None = None,
) -> Outcome:
    """Enrol so many phones, let them work so long, and wait until all is received; prints a summary.

    codes: enrolment codes made elsewhere; without them the demo's clerk makes them at the console.
    Raises: click.ClickException, with what to do.
    """
    rng = random.Random(seed)
    pool = open_pool(devices + 4)
    phones = _enrolled(pool, server, codes or _codes(settings, pool, server, devices, rng), rng)
    began_s = time.monotonic()
    ends_s = began_s + minutes * 60
    with tqdm(
        total=round(minutes * 60), unit="s", desc=text("demo.day.bar"), leave=False, disable=None
    ) as bar:
        failures = run_all(phones, lambda phone: _work(phone, random.Random(rng.random()), ends_s, bar))
    result = outcome(phones, began_s, failures)
    for line in summary(result):
        click.echo(line)
    return result


def summary(result: Outcome) -> list[str]:
    """Return what to tell of an outcome, line by line."""
    return [
        text(
            "demo.day.entries",
            devices=result.devices,
            entries=result.entries,
            verdicts=_counts(result.verdicts),
        ),
        text("demo.day.photos", photos=result.photos, verified=result.photos_verified),
        text(
            "demo.day.times",
            p50_s=f"{result.ack_p50_s:.2f}",
            p95_s=f"{result.ack_p95_s:.2f}",
            requests=result.requests,
            retries=result.retries,
        ),
        text("demo.day.lost", lost=len(result.lost), failures=_counts(result.failures)),
    ]


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common()) or "0"


def _work(phone: SimulatedPhone, rng: random.Random, ends_s: float, bar: Any) -> None:
    """Record, lose the network, come back and send, until the day is over; then wait for every receipt."""
    camera = Camera(rng, scenes=2)
    work = work_of(phone)
    is_offline_until_s = 0.0
    while (now_s := time.monotonic()) < ends_s:
        work(phone, rng, camera)
        if rng.random() < 0.3:
            is_offline_until_s = now_s + rng.uniform(5, 30)
        if now_s >= is_offline_until_s:
            phone.sync()
        time.sleep(min(rng.uniform(*PAUSE_S), max(0.0, ends_s - time.monotonic())))
        bar.n = min(bar.total, round(bar.total - max(0.0, ends_s - time.monotonic())))
        bar.refresh()
    settle(phone, time.monotonic() + PATIENCE_S)


def _enrolled(
    pool: urllib3.PoolManager, server: str, codes: Sequence[str], rng: random.Random
) -> list[SimulatedPhone]:
    phones = []
    for number, code in enumerate(
        tqdm(codes, desc=text("demo.day.enrolling"), leave=False, disable=None), start=1
    ):
        phone = SimulatedPhone(pool, server, random.Random(rng.random()), patience_s=PATIENCE_S)
        try:
            phone.enrol(code, label=f"demo {number}")
        except (Refused, ServerAway) as failure:
            raise click.ClickException(text("demo.day.not_enrolled", failure=str(failure))) from failure
        phones.append(phone)
    return phones


def _codes(
    settings: Settings, pool: urllib3.PoolManager, server: str, devices: int, rng: random.Random
) -> list[str]:
    """Let the demo's clerk make codes for volunteers and participants, one for each phone."""
    password = next((a.password for a in load_accounts(settings.data) if a.login == OFFICER), None)
    if password is None:
        raise click.ClickException(text("demo.day.no_accounts", folder=str(settings.data)))
    office = Office(pool, server)
    try:
        office.sign_in(OFFICER, password)
        members = office.field_members()
        return [office.make_code(rng.choice(members)) for _ in range(devices)]
    except (OfficeClosed, urllib3.exceptions.HTTPError) as failure:
        raise click.ClickException(
            text("demo.day.office_closed", server=server, failure=str(failure))
        ) from failure
