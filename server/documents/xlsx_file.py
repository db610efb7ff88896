"""XLSX with real numbers and dates; every text stays a text. The same table gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter

from server.documents.document_error import DocumentError
from server.documents.sheet import Kind, Sheet, Value

MAX_CELL_CHARS: Final = 32_767
MAX_ROWS: Final = 1_048_575
"""Of data, below the headings: what the format can hold."""
MAX_TITLE_CHARS: Final = 31
_NOT_IN_TITLES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_WIDTHS: Final[dict[Kind, int]] = {"text": 24, "integer": 12, "number": 12, "date": 12, "moment": 19}
_FORMATS: Final[dict[Kind, str]] = {
    "text": "@",
    "integer": "0",
    "number": "0.00",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
MAX_ALT_CHARS: Final = 2_000
_PICTURE_SCALE: Final = 0.5
"""Pictures come with twice the dots, so that they stay sharp in print."""
_LINE_PX: Final = 20
_CREATED: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""A fixed day: when a file was made stands in the audit, and bytes must be comparable."""


def xlsx_bytes(sheet: Sheet, zone: ZoneInfo) -> bytes:
    """Return the table as a workbook of one sheet; moments are written in the zone.

    Raises: DocumentError where the format cannot hold it; nothing is cut off in silence.
    """
    return workbook_bytes([sheet], zone)


def workbook_bytes(
    sheets: Sequence[Sheet],
    zone: ZoneInfo,
    pictures: Sequence[tuple[str, bytes]] = (),
    pictures_title: str = "",
) -> bytes:
    """Return several tables as a workbook, and PNG pictures with what they say on a last sheet.

    Raises: DocumentError.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    for sheet in sheets:
        _add_sheet(book, sheet, zone)
    if pictures:
        _add_pictures(book, pictures, pictures_title)
    book.close()
    return out.getvalue()


def _add_pictures(book: Any, pictures: Sequence[tuple[str, bytes]], title: str) -> None:
    page = book.add_worksheet(_page_title(title))
    line = 0
    for said, png in pictures:
        scale = {"x_scale": _PICTURE_SCALE, "y_scale": _PICTURE_SCALE, "description": said[:MAX_ALT_CHARS]}
        page.insert_image(line, 0, "plot.png", {"image_data": io.BytesIO(png), **scale})
        line += int(int.from_bytes(png[20:24], "big") * _PICTURE_SCALE) // _LINE_PX + 2


def _page_title(title: str) -> str | None:
    return title.translate(_NOT_IN_TITLES)[:MAX_TITLE_CHARS].strip() or None


def _add_sheet(book: Any, sheet: Sheet, zone: ZoneInfo) -> None:
    if len(sheet.rows) > MAX_ROWS:
        raise DocumentError("too_many_rows", most=MAX_ROWS)
    page = book.add_worksheet(_page_title(sheet.title))
    formats = [book.add_format({"num_format": _FORMATS[column.kind]}) for column in sheet.columns]
    bold = book.add_format({"bold": True})
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, _WIDTHS[column.kind])
        _write_text(page, 0, number, column.heading, bold)
    page.freeze_panes(1, 0)
    for line, row in enumerate(sheet.rows, start=1):
        for number, value in enumerate(row):
            _write(page, line, number, value, formats[number], zone)


def _write(page: Any, line: int, number: int, value: Value, look: Any, zone: ZoneInfo) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        page.write_datetime(line, number, value.astimezone(zone).replace(tzinfo=None), look)
    elif isinstance(value, date):
        page.write_datetime(line, number, value, look)
    elif isinstance(value, str):
        _write_text(page, line, number, value, look)
    else:
        page.write_number(line, number, value, look)


def _write_text(page: Any, line: int, number: int, text: str, look: Any) -> None:
    if len(text.encode("utf-16-le")) // 2 > MAX_CELL_CHARS:
        raise DocumentError("cell_too_long", row=line, most=MAX_CELL_CHARS)
    page.write_string(line, number, text, look)
