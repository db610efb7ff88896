"""Publish's memory: where views stand and how far its queue is done; lost with the model, found again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.readmodel.connections import Connections
from server.readmodel.defects import Defects

_SINCE = "publish_since"


class Publications:
    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def since(self) -> int | None:
        """The place in the queue that is done; None before `begin`."""
        found = self._connections.select("SELECT value FROM setting WHERE name = ?", (_SINCE,))
        return int(found[0][0]) if found else None

    def begin(self, standing: Mapping[str, Iterable[str]]) -> None:
        """Start at the queue's beginning, knowing which records stand in which audiences."""
        rows = [(record, audience) for audience, records in standing.items() for record in records]
        with self._connections.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO published VALUES (?, ?)", rows)
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, '0')", (_SINCE,))

    def of_record(self, record: str) -> set[str]:
        """Return the audiences in which a view of the record stands."""
        rows = self._connections.select("SELECT audience FROM published WHERE record = ?", (record,))
        return {row[0] for row in rows}

    def remember(
        self,
        standing: Mapping[str, Iterable[str]],
        since: int,
        broken: Mapping[str, BaseException] | None = None,
    ) -> None:
        """Note where the views of these records stand now; this commit tells waiters that feeds changed.

        broken: records that no view could be made of; what stood of them stands.
        """
        with self._connections.writing() as connection:
            connection.executemany("DELETE FROM published WHERE record = ?", [(each,) for each in standing])
            connection.executemany(
                "INSERT INTO published VALUES (?, ?)",
                [(record, audience) for record, audiences in standing.items() for audience in audiences],
            )
            connection.execute("UPDATE setting SET value = ? WHERE name = ?", (str(since), _SINCE))
            defects = Defects(connection, "publish")
            for record in standing:
                defects.clear(record)
            for record, error in (broken or {}).items():
                defects.note(record, error)
