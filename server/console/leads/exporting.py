"""The list of leads as a file: what it shows, marked with who took it out and when, and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from flask import Response

from server.console.codes import word
from server.console.layout.words import moment, now, t, t_or_code, zone
from server.console.leads.forms import question_of
from server.console.listing import ListView
from server.console.viewer import Viewer
from server.documents import Column, Sheet
from server.documents.csv_file import csv_bytes
from server.documents.map_file import Marker, geojson_bytes, kml_bytes
from server.documents.sheet import Value
from server.documents.xlsx_file import xlsx_bytes
from server.readmodel.lead_queries import LeadForExport, leads_for_export
from server.services import current

_TYPES: Final[Mapping[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
}
FORMATS: Final = tuple(_TYPES)
MOST_ROWS: Final = 10_000


class TooMany(ValueError):
    """More leads than one file takes; nothing is cut off in silence."""


def export(view: ListView, format_: str, viewer: Viewer) -> Response:
    """Return the file of the filtered list. Raises: TooMany; DocumentError."""
    services = current()
    found = leads_for_export(services.readmodel, question_of(view, viewer), view.part(), MOST_ROWS + 1)
    if len(found) > MOST_ROWS:
        raise TooMany
    mark = t("leads.export.mark", name=viewer.display_name, at=moment(now()))
    content = services.run_blocking(_content(found, format_, mark))
    asked = {name: value for name, value in view.filters.items() if value}
    services.run_blocking(
        lambda: services.audit.append(
            "leads_exported", actor=viewer.member, about=format_, count=len(found), filters=asked
        )
    )
    name = f"leads-{now().astimezone(zone()):%Y%m%d-%H%M}.{format_}"
    headers = {"Content-Type": _TYPES[format_], "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers)


def _content(found: Sequence[LeadForExport], format_: str, mark: str) -> Callable[[], bytes]:
    """Return what makes the file; words are chosen here, in the request, the work is done elsewhere."""
    title, made_in = t("console.leads.title"), zone()
    if format_ in ("geojson", "kml"):
        markers = [_marker(lead, mark) for lead in found]
        if format_ == "geojson":
            return lambda: geojson_bytes(markers, mark=mark)
        return lambda: kml_bytes(title, markers, mark=mark)
    columns = [Column(t(key), kind) for key, kind, _value in _COLUMNS]
    rows = [[value(lead) for _key, _kind, value in _COLUMNS] + [mark] for lead in found]
    sheet = Sheet(title, [*columns, Column(t("leads.export.taken_out"))], rows)
    return lambda: (xlsx_bytes if format_ == "xlsx" else csv_bytes)(sheet, made_in)


def _marker(lead: LeadForExport, mark: str) -> Marker:
    facts: dict[str, str | float | None] = {}
    for key, _kind, value in _COLUMNS:
        found = value(lead)
        facts[t(key)] = found.isoformat() if isinstance(found, date) else found
    facts[t("leads.export.taken_out")] = mark
    positions = [(place["lng"], place["lat"]) for place in lead.places if "lat" in place]
    return Marker(lead.row.title, facts, positions)


def _positions(lead: LeadForExport) -> str:
    return "; ".join(f"{p['lat']:.6f},{p['lng']:.6f}" for p in lead.places if "lat" in p)


def _of_places(name: str) -> Callable[[LeadForExport], Value]:
    return lambda lead: "; ".join(str(place[name]) for place in lead.places if name in place)


def _moment_of(name: str) -> Callable[[LeadForExport], Value]:
    return lambda lead: datetime.fromisoformat(getattr(lead, name, None) or getattr(lead.row, name))


_COLUMNS: Final[Sequence[tuple[str, Any, Callable[[LeadForExport], Value]]]] = (
    ("leads.export.number", "text", lambda lead: lead.row.number),
    ("console.leads.lead", "text", lambda lead: lead.row.title),
    ("leads.description", "text", lambda lead: lead.description),
    ("console.leads.domain", "text", lambda lead: word("domain", lead.row.domain)),
    ("console.leads.township", "text", lambda lead: word("township", lead.row.township)),
    ("console.leads.place_text", "text", lambda lead: lead.place_text),
    ("console.leads.point", "text", _positions),
    ("leads.grid_no", "text", _of_places("grid_no")),
    ("leads.stake_no", "text", _of_places("stake_no")),
    ("console.leads.urgency", "text", lambda lead: t_or_code("console.urgency", lead.row.urgency)),
    (
        "console.filter.state",
        "text",
        lambda lead: t_or_code("console.state.lead", lead.row.state) if lead.row.state else None,
    ),
    ("console.leads.observed", "moment", _moment_of("observed_at")),
    ("console.leads.received", "moment", _moment_of("received_at")),
)
