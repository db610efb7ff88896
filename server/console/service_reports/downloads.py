"""A report as PDF, XLSX or CSV; that it was taken out is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Response

from server.console.layout.template_words import county_name
from server.console.layout.words import language, moment, now, t, zone
from server.console.service_reports.actions import asked_month, month_words
from server.console.viewer import Viewer
from server.documents import PdfMaker
from server.documents.csv_file import csv_bytes
from server.documents.xlsx_file import workbook_bytes
from server.reports.papers import paper_of, sheet_of
from server.reports.plots import svg
from server.reports.report import Report
from server.services import current

_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def download(report: Report, format_: str, table: int, viewer: Viewer) -> Response:
    """Return the file. Raises: DocumentError, where it cannot be made whole."""
    services = current()
    parts = _parts(report, format_, table)
    content = services.run_blocking(parts)
    about = f"report:{report.name}:{report.month}:{format_}"
    services.run_blocking(lambda: services.audit.append("report_exported", actor=viewer.member, about=about))
    name = f"{report.name}-{report.month}.{format_}"
    headers = {"Content-Type": _TYPES[format_], "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers)


def _parts(report: Report, format_: str, table: int) -> Callable[[], bytes]:
    """Return what makes the file; words are chosen here, in the request, the work is done elsewhere."""
    said, made_in, maker = language(), zone(), PdfMaker.beside_client(current().settings.client)
    drawings = {plot.name: svg(plot, said) for plot in report.plots if plot.bars}
    if format_ == "csv":
        sheet = sheet_of(report.tables[min(table, len(report.tables) - 1)])
        return lambda: csv_bytes(sheet, made_in)
    if format_ == "xlsx":
        sheets, title = [sheet_of(each) for each in report.tables], t("report.plots")
        words = {plot.name: [plot.said(said), *plot.series] for plot in report.plots}
        return lambda: workbook_bytes(
            sheets,
            made_in,
            [(words[name][0], maker.picture(each, words[name])) for name, each in drawings.items()],
            title,
        )
    paper = paper_of(
        report,
        office=county_name(),
        period=month_words(asked_month(report.month)),
        made=t("report.made", at=moment(now())),
        language=said,
    )
    images = {name: each.encode() for name, each in drawings.items()}
    return lambda: maker.make("report", paper, language=said, images=images)
