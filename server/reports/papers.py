"""A report as documents: sheets for XLSX and CSV, data for the PDF."""

from __future__ import annotations

from typing import Any

from server.documents import Sheet
from server.documents.sheet import Column as SheetColumn
from server.messages import Language
from server.reports.report import Report, Table, Value, shown


def sheet_of(table: Table) -> Sheet:
    """Return a table to hand out, with numbers as numbers."""
    return Sheet(
        title=table.title,
        columns=[SheetColumn(column.heading, column.kind) for column in table.columns],
        rows=[[cell.value for cell in row] for row in table.rows],
    )


def paper_of(report: Report, *, office: str, period: str, made: str, language: Language) -> dict[str, Any]:
    """Return what the PDF's template is filled with."""
    return {
        "office": office,
        "title": report.title,
        "period": period,
        "made": made,
        "lang": language,
        "plots": [{"name": plot.name, "alt": plot.said(language)} for plot in report.plots if plot.bars],
        "tables": [
            {
                "title": table.title,
                "head": [column.heading for column in table.columns],
                "is_number": [column.kind in ("integer", "number") for column in table.columns],
                "rows": [[_written(cell.value) for cell in row] for row in table.rows],
            }
            for table in report.tables
        ],
        "notes": list(report.notes),
    }


def _written(value: Value) -> str:
    return shown(value)
