"""HTTP of the monthly reports."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from server.console.failures import Gone
from server.console.feature import feature
from server.console.layout.words import language
from server.console.names import note_names_read
from server.console.permissions import Permission, requires
from server.console.service_reports import actions, downloads
from server.console.viewer import the_viewer
from server.documents import DocumentError
from server.reports.plots import svg
from server.reports.report import shown

blueprint = feature("service_reports")


@blueprint.get("/supervision/reports")
@requires(Permission.SEE_SERVICE_REPORTS)
def page() -> ResponseReturnValue:
    """Show a month's report; every number leads to the records behind it."""
    return _page(request.args.get("report", actions.NAMES[0]), problem="")


@blueprint.get("/supervision/reports/<name>/<any(pdf, xlsx, csv):format_>")
@requires(Permission.SEE_SERVICE_REPORTS)
def file(name: str, format_: str) -> ResponseReturnValue:
    """Hand the report out; 422 with the reason where it cannot be made whole."""
    report = actions.make(name, actions.asked_month(request.args.get("month", "")), the_viewer())
    if report is None:
        raise Gone
    table = request.args.get("table", "0")
    try:
        return downloads.download(report, format_, int(table) if table.isdecimal() else 0, the_viewer())
    except DocumentError as error:
        return _page(name, problem=error.said(language())), 422


def _page(name: str, *, problem: str) -> str:
    viewer, month = the_viewer(), actions.asked_month(request.args.get("month", ""))
    report = actions.make(name, month, viewer)
    if report is None:
        raise Gone
    if name == "stations":
        note_names_read("service_reports", viewer)
    # Built as a tree of elements (server.reports.plots): what is text in it is escaped there.
    drawings = [Markup(svg(plot, language())) for plot in report.plots if plot.bars]  # noqa: S704
    parts = {"report": report, "drawings": drawings, "problem": problem, "names": actions.NAMES}
    return render_template(
        "service_reports/page.html",
        **parts,
        months=actions.months(),
        period=actions.month_words(month),
        link_of=actions.link_of,
        shown=shown,
    )
