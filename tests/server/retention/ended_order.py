"""An order that is over long enough: two check events with a position, one of them with a photo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.media.arrivals import FileRef
from server.records.names import new_record_id
from server.records.parts import new_part
from tests.support.entries import CentreInTest, FieldDevice, LogDocument
from tests.support.photos import write_photo

LAT, LNG = "36.567123987", "116.758456321"
"""Digits that stand nowhere else in the data."""


@dataclass(frozen=True, slots=True)
class EndedOrder:
    order: str
    phone: FieldDevice
    events: tuple[LogDocument, LogDocument]
    photo_sha256: str
    photo_bytes: bytes

    @property
    def secrets(self) -> list[bytes]:
        """What must be nowhere afterwards: digits of positions, salts, bytes from the middle of the photo."""
        salts = [event["parts"]["fix"]["salt"].encode() for event in self.events]
        middle = len(self.photo_bytes) // 2
        return [LAT.encode(), LNG.encode(), *salts, self.photo_bytes[middle : middle + 64]]


def ended_order(centre: CentreInTest, *, held_for_days: int, kind: str = "in") -> EndedOrder:
    """Make it; its evidence was to be kept until so many days ago."""
    phone = centre.phone()
    station, order = centre.station_and_order(phone.member)
    path = centre.services.settings.data / "taken.jpg"
    sha256 = write_photo(path, seed=7)
    data = path.read_bytes()
    path.unlink()
    file = {"sha256": sha256, "size": len(data), "type": "image/jpeg", "taken_at": _now()}
    events = (
        _event(phone, order, station, kind=kind, media=[file]),
        _event(phone, order, station, kind="out"),
    )
    centre.send(*events)
    centre.services.media.intake.keep_bytes(FileRef(phone.device, 1, 1), data)
    centre.work()
    end(centre, order, held_for_days=held_for_days)
    return EndedOrder(order, phone, events, sha256, data)


def end(centre: CentreInTest, order: str, *, held_for_days: int | None) -> None:
    """Let the prosecutor transfer the order, and say until when its evidence is kept."""
    act(centre, order, "transfer", to="transferred", reason="移交", fields={"to_county": "371426"})
    if held_for_days is not None:
        until = (datetime.now(UTC) + timedelta(hours=8) - timedelta(days=held_for_days)).date()
        act(centre, order, "hold", reason="保存", fields={"hold_until": str(until)})


def act(centre: CentreInTest, record: str, action: str, *, is_worked: bool = True, **body: Any) -> None:
    """Take the prosecutor's step, and fold it; what is due then is erased in the same work."""
    row = centre.services.readmodel.record(record)
    assert row is not None
    author = centre.people.setdefault("prosecutor", "") or centre.member(("prosecutor", "county"))
    centre.people["prosecutor"] = author
    step = {"record": record, "base": list(row.state.heads), "action": action, "fields": {}, **body}
    centre.services.desk.append("step", step, author=author, role="prosecutor")
    if is_worked:
        centre.work()


def holding(data: Path, secrets: list[bytes]) -> list[str]:
    """Return the files below a data folder that hold any of these bytes."""
    files = [path for path in sorted(data.rglob("*")) if path.is_file()]
    return [str(path.relative_to(data)) for path in files if any(s in path.read_bytes() for s in secrets)]


def _event(phone: FieldDevice, order: str, station: str, *, kind: str, **more: Any) -> LogDocument:
    sample = {"lat": float(LAT), "lng": float(LNG), "accuracy_m": 8, "altitude": 26.5, "at": _now()}
    part = new_part({"samples": [sample], "datum": "WGS-84", "spread_m": 2})
    body = {"kind": kind, "order": order, "station": station, "station_version": 1, **more}
    return phone.write(new_record_id("check_event"), "participant", body, parts={"fix": part})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
