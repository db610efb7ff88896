"""CSV as office programs open it: UTF-8 with a byte order mark, CRLF, formulas made harmless."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from server.documents.sheet import Sheet, Value, neutral

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it Excel reads Chinese in the machine's own code page."""


def csv_bytes(sheet: Sheet, zone: ZoneInfo) -> bytes:
    """Return the table; moments are written in the zone, numbers without any decoration."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutral(column.heading) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_cell(value, zone) for value in row])
    return (BYTE_ORDER_MARK + out.getvalue()).encode("utf-8")


def _cell(value: Value, zone: ZoneInfo) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(value) if isinstance(value, str) else value
