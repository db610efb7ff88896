"""How a console list becomes SQL: conditions with their values, an order from a fixed set, one page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import orjson

_AT_STATIONS = (
    "(COLUMN IN (SELECT value FROM json_each(?)) OR COLUMN IN (SELECT id FROM record AS place "
    "WHERE place.type = 'station' AND place.township IN (SELECT value FROM json_each(?))))"
)


@dataclass(slots=True)
class Conditions:
    """Conditions that all must hold. Values are bound, never written into the text."""

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Any) -> None:
        self.texts.append(text)
        self.values.extend(values)

    def equal(self, column: str, value: str | None) -> None:
        """Ask for this value, where one is asked for."""
        if value:
            self.add(f"{column} = ?", value)

    def among(self, column: str, values: Collection[str]) -> None:
        """Ask for one of these values; of none, nothing fits."""
        marks = ", ".join("?" * len(values))
        self.add(f"{column} IN ({marks})" if values else "0", *sorted(values))

    def within_stations(self, column: str, townships: Collection[str], stations: Collection[str]) -> None:
        """Ask for these stations, or stations in these townships; of neither, nothing fits."""
        self.add(
            _AT_STATIONS.replace("COLUMN", column),
            orjson.dumps(sorted(stations)).decode(),
            orjson.dumps(sorted(townships)).decode(),
        )

    @property
    def bound(self) -> tuple[Any, ...]:
        return tuple(self.values)

    @property
    def sql(self) -> str:
        return " AND ".join(self.texts) if self.texts else "1"


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list, in which order; `sort` is a name that the query knows."""

    sort: str
    is_descending: bool = True
    offset: int = 0
    limit: int = 50

    def order(self, columns: dict[str, str], tie: str) -> str:
        """Return the ORDER BY of a known sort. Raises: KeyError for another."""
        direction = "DESC" if self.is_descending else "ASC"
        return f"{columns[self.sort]} {direction}, {tie} {direction}"
