"""Many simulated phones at once, and what came of it: sent, acked, verified, lost, and how long it took."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from server.demo.phone import OwnEntry, SimulatedPhone


@dataclass(frozen=True, slots=True)
class Outcome:
    """`lost` are entries without a receipt or with a photo that is not verified, after all patience."""

    devices: int
    entries: int
    photos: int
    verdicts: Counter[str]
    photos_verified: int
    lost: list[str]
    ack_p50_s: float
    ack_p95_s: float
    last_ack_s: float
    requests: int
    retries: int
    failures: Counter[str] = field(default_factory=Counter)


def run_all(phones: Sequence[SimulatedPhone], work: Callable[[SimulatedPhone], None]) -> Counter[str]:
    """Let every phone do its work in a thread of its own; return what ended some of them early."""
    failures: Counter[str] = Counter()

    def run(phone: SimulatedPhone) -> None:
        try:
            work(phone)
        except Exception as failure:  # noqa: BLE001 told in the outcome; the other phones go on
            failures[f"{type(failure).__name__}: {failure}"[:120]] += 1

    threads = [threading.Thread(target=run, args=(phone,), daemon=True) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def settle(phone: SimulatedPhone, deadline_s: float) -> None:
    """Sync until everything has a receipt and every photo is verified, or the monotonic time is up."""
    while not phone.sync(wait_s=min(10.0, max(0.0, deadline_s - time.monotonic()))):
        if time.monotonic() > deadline_s:
            return


def outcome(phones: Sequence[SimulatedPhone], began_s: float, failures: Counter[str]) -> Outcome:
    entries = [entry for phone in phones for entry in phone.entries]
    waits = sorted(_wait_s(entry) for entry in entries if entry.acked_s is not None)
    states = Counter(state for entry in entries for state in entry.states.values())
    acked = [entry.acked_s for entry in entries if entry.acked_s is not None]
    return Outcome(
        devices=len(phones),
        entries=len(entries),
        photos=sum(len(entry.photos) for entry in entries),
        verdicts=Counter(entry.verdict or "none" for entry in entries),
        photos_verified=states["verified"],
        lost=[entry.document["_id"] for entry in entries if not entry.is_settled],
        ack_p50_s=_share(waits, 0.5),
        ack_p95_s=_share(waits, 0.95),
        last_ack_s=max(acked) - began_s if acked else 0.0,
        requests=sum(phone.wire.requests for phone in phones),
        retries=sum(phone.wire.retries for phone in phones),
        failures=failures,
    )


def _wait_s(entry: OwnEntry) -> float:
    """From the moment it was sent; an entry that waits for a network waits for nobody's server."""
    return (entry.acked_s or 0.0) - (entry.sent_s or entry.recorded_s)


def _share(sorted_values: Sequence[float], share: float) -> float:
    return (
        sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))] if sorted_values else 0.0
    )
