"""A month of service as reports are made of it: sessions, their confirmation, spot checks, orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

import orjson

from server.readmodel import ReadModel
from server.readmodel.list_sql import Conditions
from server.readmodel.live_queries import booked_slots, live_stations
from server.readmodel.moments import utc_text
from server.reports.facts import MonthFacts, OrderFact, SessionFact, SpotCheckFact, StationFact

CONFIRMED_LATE_DAYS: Final = 31
"""A word that comes later than this after the month is in no report's delay."""
_SETTLED: Final = frozenset({"credited", "part_credited", "rejected", "void"})
_CLOSED_ORDERS: Final = frozenset({"archived", "declined", "withdrawn", "terminated", "transferred", "draft"})

Places = tuple[Collection[str] | None, Collection[str] | None]
"""Townships and stations in reach; both None is the county."""


def month_facts(model: ReadModel, places: Places, month: date, zone: tzinfo) -> MonthFacts:
    """Return the month that begins on this day, and the sessions of the one before."""
    after, before = _next_month(month), (month - timedelta(days=1)).replace(day=1)
    sessions = _sessions(model, places, month, after)
    delays = _delays(model, sessions, month, after, zone)
    return MonthFacts(
        month=month.strftime("%Y-%m"),
        stations=[
            StationFact(each.id, str(each.body.get("code", "")), str(each.body.get("name", "")))
            for each in live_stations(model, *places)
        ],
        sessions=[_fact(each, delays.get(each["id"])) for each in sessions],
        before=[_fact(each, None) for each in _sessions(model, places, before, month)],
        spot_checks=_spot_checks(model, places, month, after),
    )


def order_facts(
    model: ReadModel, places: Places, month: date, now: datetime, zone: tzinfo
) -> list[OrderFact]:
    """Return the orders that ran in the month: begun before its end, and not over before it began."""
    rows = model.select(
        "SELECT record.id, record.state, document.json, service_ledger.balance_min, "
        "service_ledger.remaining_min FROM record JOIN document ON document.id = record.id "
        "LEFT JOIN service_ledger ON service_ledger.service_order = record.id "
        "WHERE record.type = 'service_order'"
    )
    reached = _orders_in_reach(model, places)
    sums = _sums(model)
    missed, amended = _missed(model, places, now, zone), _amended(model)
    found = []
    for order, state, json, balance, remaining in rows:
        body = orjson.loads(json)["entry"]["body"]
        if state in _CLOSED_ORDERS or (reached is not None and order not in reached):
            continue
        due_on = amended.get(order) or date.fromisoformat(body["due_on"])
        if due_on < month or date.fromisoformat(body["start_on"]) >= _next_month(month):
            continue
        reported, disputes = sums.get(order, (0, 0))
        found.append(
            OrderFact(
                id=order,
                display_code=str(body.get("display_code", "")),
                state=str(state),
                required_min=int(body["required_min"]),
                reported_min=reported,
                credited_min=int(balance or 0),
                remaining_min=int(remaining if remaining is not None else body["required_min"]),
                due_on=due_on,
                absences=missed[order],
                disputes=disputes,
            )
        )
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _sessions(model: ReadModel, places: Places, begins: date, ends: date) -> list[Mapping[str, Any]]:
    where = Conditions()
    where.add("session_computed.day >= ?", str(begins))
    where.add("session_computed.day < ?", str(ends))
    _within(where, places)
    rows = model.select(f"SELECT json FROM session_computed WHERE {where.sql} ORDER BY day, id", where.bound)
    return [orjson.loads(row[0]) for row in rows]


def _fact(session: Mapping[str, Any], delay_min: int | None) -> SessionFact:
    return SessionFact(
        id=session["id"],
        order=session["order"],
        station=session["station"],
        day=date.fromisoformat(session["day"]),
        state=session["state"],
        reported_min=session["reported_min"],
        credited_min=session["credited_min"],
        is_settled=session["state"] in _SETTLED,
        weight=session["weight"],
        flags=frozenset(flag["code"] for flag in session["flags"]),
        confirmed_by=tuple(session["confirmed_by"]),
        denied_by=tuple(session["denied_by"]),
        lag_min=delay_min,
        not_counted=len(session["not_counted"]),
    )


def _delays(
    model: ReadModel, sessions: Iterable[Mapping[str, Any]], begins: date, ends: date, zone: tzinfo
) -> dict[str, int]:
    """Return by session how many minutes after its end the first word of the station came."""
    by_event = {event: each for each in sessions for event in each["events"]}
    by_day = {(each["order"], each["station"], each["day"]): each for each in by_event.values()}
    found: dict[str, int] = {}
    for event, order, station, at in _words(model, begins, ends):
        moment = datetime.fromisoformat(at)
        day = str(moment.astimezone(zone).date())
        session = by_event.get(event) if event else by_day.get((order, station, day))
        if session is None:
            continue
        late_min = max(0, int((moment - _ended(session, zone)).total_seconds()) // 60)
        found[session["id"]] = min(late_min, found.get(session["id"], late_min))
    return found


def _words(model: ReadModel, begins: date, ends: date) -> list[tuple[str, str, str, str]]:
    """Return (event or empty, order, station, moment) of each confirmation; unseen ones name no event."""
    last = str(ends + timedelta(days=CONFIRMED_LATE_DAYS))
    rows = model.select(
        "SELECT record.service_order, record.station, record.at, "
        "json_extract(document.json, '$.entry.body.about') FROM record "
        "JOIN document ON document.id = record.id WHERE record.type = 'check_event' "
        "AND record.kind = 'sup_confirm' AND record.received_at >= ? AND record.received_at < ?",
        (str(begins - timedelta(days=1)), last),
    )
    found = []
    for order, station, at, about in rows:
        events = _named(model, about) if about else [""]
        found += [(event, order, station, at) for event in events]
    steps = model.select(
        "SELECT record, at FROM step WHERE action = 'confirm' AND record LIKE 'check_event:%' "
        "AND at >= ? AND at < ?",
        (str(begins - timedelta(days=1)), last),
    )
    return [*found, *((str(event), "", "", at) for event, at in steps)]


def _named(model: ReadModel, about: str) -> list[str]:
    """Return the events whose hash begins so: a whole hash, or its first characters."""
    prefix = about.lower()
    rows = model.select(
        "SELECT record FROM entry WHERE hash >= ? AND hash < ? AND type = 'check_event'",
        (prefix, prefix + "g"),
    )
    return [str(row[0]) for row in rows]


def _ended(session: Mapping[str, Any], zone: tzinfo) -> datetime:
    params = session["lines"][0]["params"]
    hours_, minutes = str(params.get("went") or params.get("came") or "00:00").split(":")
    midnight = datetime.combine(date.fromisoformat(session["day"]), time(), zone)
    return midnight + timedelta(hours=int(hours_), minutes=int(minutes))


def _spot_checks(model: ReadModel, places: Places, begins: date, ends: date) -> list[SpotCheckFact]:
    where = Conditions()
    where.add("record.type = 'spot_check'")
    where.add("json_extract(document.json, '$.entry.body.day') >= ?", str(begins))
    where.add("json_extract(document.json, '$.entry.body.day') < ?", str(ends))
    _within(where, places, "record.station")
    rows = model.select(
        "SELECT record.station, record.state, (SELECT json_extract(said.json, '$.entry.body.fields.found') "
        "FROM step JOIN document AS said ON said.id = step.id WHERE step.record = record.id "
        "AND step.action = 'record_done' ORDER BY step.id LIMIT 1) "
        f"FROM record JOIN document ON document.id = record.id WHERE {where.sql} ORDER BY record.id",
        where.bound,
    )
    return [SpotCheckFact(str(row[0]), str(row[1]), str(row[2] or "")) for row in rows]


def _within(where: Conditions, places: Places, column: str = "session_computed.station") -> None:
    townships, stations = places
    if townships is not None or stations is not None:
        where.within_stations(column, townships or (), stations or ())


def _orders_in_reach(model: ReadModel, places: Places) -> set[str] | None:
    """Return the orders that name a station in reach; None for the whole county."""
    if places == (None, None):
        return None
    where = Conditions()
    where.within_stations("reference.target", places[0] or (), places[1] or ())
    rows = model.select(
        f"SELECT DISTINCT record FROM reference WHERE {where.sql} AND record LIKE 'service_order:%'",
        where.bound,
    )
    return {str(row[0]) for row in rows}


def _sums(model: ReadModel) -> dict[str, tuple[int, int]]:
    rows = model.select(
        "SELECT service_order, sum(reported_min), sum(state = 'disputed') FROM session_computed "
        "WHERE state <> 'void' GROUP BY service_order"
    )
    return {str(order): (int(reported), int(disputes)) for order, reported, disputes in rows}


def _missed(model: ReadModel, places: Places, now: datetime, zone: tzinfo) -> Counter[str]:
    """Count by order the booked times that are over and to which nobody came."""
    ends = utc_text(now.isoformat()) or ""
    begins = utc_text((now - timedelta(days=120)).isoformat()) or ""
    slots = [slot for slot in booked_slots(model, *places, begins, ends) if slot.ends_at <= ends]
    served = set(
        model.select("SELECT DISTINCT service_order, day FROM session_computed WHERE state <> 'void'")
    )
    days = (
        (slot.order, str(datetime.fromisoformat(slot.starts_at).astimezone(zone).date())) for slot in slots
    )
    return Counter(order for order, day in days if (order, day) not in served)


def _amended(model: ReadModel) -> dict[str, date]:
    """Return by order the day to which an amendment has moved its end."""
    rows = model.select(
        "SELECT DISTINCT step.record FROM step JOIN document ON document.id = step.id "
        "WHERE substr(step.record, 1, 14) = 'service_order:' "
        "AND json_extract(document.json, '$.entry.body.fields.due_on') IS NOT NULL"
    )
    records = [record for row in rows if (record := model.record(row[0])) is not None]
    values = {record.id: record.state.value("due_on") for record in records}
    return {order: date.fromisoformat(value) for order, value in values.items() if isinstance(value, str)}
