"""Writes what the rules on sessions say; only what differs, and the orders concerned into publish's queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import apsw
import orjson

from server.readmodel.defects import Defects
from server.readmodel.readmodel import ReadModel

PLACE: Final = "ledger"
WRITING: Final = "system"


def note_defect(model: ReadModel, subject: str, error: BaseException) -> None:
    """Note what our own rules stumbled over; the dashboard says so."""
    with model.connections.writing() as connection:
        Defects(connection, PLACE).note(subject, error)


def note_writing(model: ReadModel, broken: Mapping[str, BaseException]) -> None:
    """Note what the machine could not write down, and forget what it could not before."""
    known = {each.subject for each in model.defects() if each.place == WRITING}
    if not broken and not known:
        return
    with model.connections.writing() as connection:
        defects = Defects(connection, WRITING)
        for subject in known - broken.keys():
            defects.clear(subject)
        for subject, error in broken.items():
            defects.note(subject, error)


def store_told(
    model: ReadModel,
    ledgers: Sequence[Mapping[str, Any]],
    gone: Sequence[str],
    *,
    assessed: Sequence[str],
    broken: Mapping[str, BaseException],
    turned: Sequence[str] = (),
) -> int:
    """Store each order's ledger and sessions, forget orders that are gone; return the queue's last place.

    `turned`: records that time alone has changed; they are published again.
    `assessed`: whose facts went through the rules, and `broken` those of them over whom the rules stumbled.
    """
    with model.connections.writing() as connection:
        defects = Defects(connection, PLACE)
        for subject in assessed:
            if subject in broken:
                defects.note(subject, broken[subject])
            else:
                defects.clear(subject)
        for order in gone:
            _forget(connection, order)
        changed = [each["order"] for each in ledgers if _store(connection, each)]
        place = int(connection.execute("SELECT coalesce(max(place), 0) FROM changed").get)
        for record in (*changed, *turned):
            place += 1
            connection.execute("INSERT OR REPLACE INTO changed VALUES (?, ?)", (record, place))
        return place


def _store(connection: apsw.Connection, ledger: Mapping[str, Any]) -> bool:
    """Return whether its participant is told anything new."""
    order = ledger["order"]
    told = orjson.dumps(ledger["told"], option=orjson.OPT_SORT_KEYS).decode()
    before = connection.execute("SELECT json FROM service_ledger WHERE service_order = ?", (order,)).get
    connection.execute(
        "INSERT OR REPLACE INTO service_ledger VALUES (?, ?, ?, ?, ?)",
        (order, ledger["participant"], ledger["balance_min"], ledger["remaining_min"], told),
    )
    connection.execute("DELETE FROM session_computed WHERE service_order = ?", (order,))
    connection.executemany(
        "INSERT OR REPLACE INTO session_computed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_session_row(session) for session in ledger["sessions"]],
    )
    return bool(before != told)


def _session_row(session: Mapping[str, Any]) -> tuple[Any, ...]:
    return (
        session["id"],
        session["order"],
        session["station"],
        session["day"],
        session["state"],
        session["reported_min"],
        session["credited_min"],
        session["weight"],
        orjson.dumps(session["waits_for"]).decode(),
        session["due_on"],
        orjson.dumps(sorted({flag["code"] for flag in session["flags"]})).decode(),
        orjson.dumps(session).decode(),
    )


def _forget(connection: apsw.Connection, order: str) -> None:
    connection.execute("DELETE FROM service_ledger WHERE service_order = ?", (order,))
    connection.execute("DELETE FROM session_computed WHERE service_order = ?", (order,))
