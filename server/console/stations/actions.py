"""What a user can do with stations: look, and show today's code."""

from __future__ import annotations

from dataclasses import dataclass

from server.console.layout.words import now
from server.console.permissions import Permission, reach
from server.console.viewer import Viewer
from server.readmodel.station_queries import StationRow, station_rows
from server.records.station_code import PERIOD_S, code_at
from server.services import current


@dataclass(frozen=True, slots=True)
class ShownCode:
    """The code of this minute and how long it still stands."""

    value: str
    remaining_s: int
    period_s: int = PERIOD_S


def find_all(viewer: Viewer) -> list[StationRow]:
    """Return the stations within the viewer's reach, by code."""
    return _rows(viewer, Permission.SEE_STATIONS)


def find(record_id: str, viewer: Viewer, permission: Permission) -> StationRow | None:
    """Return one station; None when there is none for which the viewer has the permission."""
    rows = _rows(viewer, permission, record_id)
    return rows[0] if rows else None


def shown_code(record_id: str) -> ShownCode:
    """Return the code that the station's display shows at this moment."""
    value = code_at(current().directory.station_secrets.current(record_id).key, now())
    return ShownCode(f"{value[:3]} {value[3:]}", PERIOD_S - int(now().timestamp()) % PERIOD_S)


def _rows(viewer: Viewer, permission: Permission, record_id: str | None = None) -> list[StationRow]:
    own = reach(viewer, permission)
    return station_rows(
        current().readmodel,
        townships=own.asked_townships,
        stations=own.asked_stations,
        station=record_id,
    )
