"""An order's papers: what each is made of, whether it can be made now, and the PDF itself.

Names are opened for papers that carry one, and each making is written down. No paper decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from server.console.due_dates import shown_due_dates, today
from server.console.evaluations.shown import found_evaluation, points_text, score_rows
from server.console.layout.template_words import county_name
from server.console.layout.words import language, t, t_or_code
from server.console.orders.forms import LEVELS
from server.console.orders.signatures import SignatureView, signatures_of
from server.console.viewer import Viewer
from server.deadlines.explanation import day_text
from server.documents import PdfMaker
from server.participants import people
from server.readmodel.rows import RecordRow
from server.readmodel.service_queries import told_ledger
from server.services import current

Data = dict[str, Any]
UNASSIGNED: Final = frozenset({"draft", "offered", "declined", "pledged"})
COUNTED: Final = frozenset({"credited", "part_credited"})


@dataclass(frozen=True, slots=True)
class Paper:
    """One document; `template` is its name in server/documents."""

    template: str
    has_name: bool
    signed_as: str = ""
    """The kind of notice under which the participant's signature belongs here."""

    @property
    def word(self) -> str:
        return t(f"console.papers.{self.template}")


PAPERS: Final = (
    Paper("notice", has_name=True, signed_as="notice"),
    Paper("pledge", has_name=True, signed_as="pledge"),
    Paper("placement_letter", has_name=False),
    Paper("service_certificate", has_name=True),
    Paper("assessment_report", has_name=True, signed_as="read_back"),
)


@dataclass(frozen=True, slots=True)
class OfferedPaper:
    """A paper on the order's page; `why_not` says what is missing still."""

    paper: Paper
    why_not: str


def offered_papers(row: RecordRow) -> list[OfferedPaper]:
    """Return all papers of an order, with what keeps one from being made."""
    return [OfferedPaper(paper, _why_not(paper, row)) for paper in PAPERS]


def paper(name: str) -> Paper | None:
    """Return the paper of this name."""
    return next((each for each in PAPERS if each.template == name), None)


def make(row: RecordRow, wanted: Paper, viewer: Viewer) -> bytes:
    """Write down who makes it, open the name where it carries one; return the PDF. Raises: DocumentError."""
    services = current()
    services.run_blocking(
        lambda: services.audit.append("paper_made", actor=viewer.member, about=row.id, paper=wanted.template)
    )
    data = _MAKERS[wanted.template](row) | _frame(row)
    if wanted.has_name:
        data["name"] = _name(row, wanted, viewer)
    images: dict[str, bytes] = {}
    signed = next((s for s in signatures_of(row.id) if s.kind == wanted.signed_as), None)
    if signed is not None:
        data |= _signed(signed, images)
    maker, said_in = PdfMaker.beside_client(services.settings.client), language()
    return services.run_blocking(lambda: maker.make(wanted.template, data, language=said_in, images=images))


def _why_not(wanted: Paper, row: RecordRow) -> str:
    if wanted.template == "placement_letter" and row.state.state in UNASSIGNED:
        return t("console.papers.not_assigned")
    if wanted.template == "service_certificate" and not _credited(row):
        return t("console.papers.not_credited")
    if wanted.template == "assessment_report" and found_evaluation(row.id) is None:
        return t("console.papers.not_evaluated")
    return ""


def _frame(row: RecordRow) -> Data:
    return {
        "office": county_name(),
        "number": str(row.body["order_no"]),
        "lang": language(),
        "contact": current().settings.office_contact,
        "issued_on": day_text(today().on, language()),
    }


def _name(row: RecordRow, wanted: Paper, viewer: Viewer) -> str:
    """Return the participant's name for this paper; the code where no identity is kept."""
    services = current()
    services.run_blocking(
        lambda: services.audit.append(
            "identity_opened", actor=viewer.member, about=row.id, reason=f"paper: {wanted.template}"
        )
    )
    person = services.run_blocking(lambda: people(services).open(row.body["participant"]))
    return person.name if person else str(row.body["display_code"])


def _signed(signed: SignatureView, images: dict[str, bytes]) -> Data:
    picture = signed.picture()
    if picture is not None:
        images["signature"] = picture
    flags = {"lawyer_present": t("console.form.yes" if signed.lawyer_present else "console.form.no")}
    return {"signed_on": signed.day, **flags, **({"signature": "signature"} if picture else {})}


def _notice(row: RecordRow) -> Data:
    served = row.state.value("notice_served_on")
    return {
        "case_no": row.body.get("case_no", ""),
        "hours": hours_text(row.body["required_min"]),
        "service_types": _types(row),
        "stations": "、".join(_stations(row)),
        "due_on": _day(row.state.value("due_on")),
        "given_on": _day(served),
        "due_dates": _due_dates(row),
    }


def _pledge(row: RecordRow) -> Data:
    return {**_notice(row), "notice": str(row.state.value("notice_document") or "")}


def _placement_letter(row: RecordRow) -> Data:
    limits = current().readmodel.record(f"participant:{row.body['participant'][1:]}")
    level = row.body["verify_level"]
    return {
        "station": "、".join(_stations(row)),
        "display_code": row.body["display_code"],
        "order_no": row.body["order_no"],
        "service_types": _types(row),
        "hours": hours_text(row.body["required_min"]),
        "period": _period(row),
        "verify_level": f"{level} {t(LEVELS[level])}",
        "limits": str(row.state.value("accommodation") or (limits and limits.state.value("limits")) or ""),
    }


def _service_certificate(row: RecordRow) -> Data:
    told = told_ledger(current().readmodel, row.id) or {"balance_min": 0, "sessions": []}
    sessions = [
        {
            "day": session["day"],
            "station": _station(session["station"]),
            "reported_min": session["reported_min"],
            "credited_min": session["credited_min"],
        }
        for session in told["sessions"]
        if session["credited_min"]
    ]
    return {
        "order_no": row.body["order_no"],
        "period": _period(row),
        "station": "、".join(_stations(row)),
        "required_hours": hours_text(row.body["required_min"]),
        "credited_hours": hours_text(told["balance_min"]),
        "service_types": _types(row),
        "session_count": str(len(sessions)),
        "sessions": sessions,
    }


def _assessment_report(row: RecordRow) -> Data:
    found = found_evaluation(row.id)
    assert found is not None
    certificate = _service_certificate(row)
    kept = ("order_no", "station", "period", "required_hours", "credited_hours")
    value = found.state.value
    said = [line for line in found.state.history if line.action in {"object", "review_objection"}]
    return {
        **{name: certificate[name] for name in kept},
        "scores": score_rows(found),
        "total": points_text(found),
        "grade": t_or_code("console.choice.grade", str(value("grade") or "")),
        "station_comment": str(value("station_comment") or ""),
        "township_comment": str(value("township_comment") or ""),
        "participant_statement": str(value("participant_statement") or ""),
        "objection": "\n".join(str(line.fields.get("statement") or line.reason or "") for line in said),
        "evidence_hash": str(value("evidence_hash") or ""),
        "due_dates": _due_dates(found),
    }


_MAKERS: Final[Mapping[str, Callable[[RecordRow], Data]]] = {
    "notice": _notice,
    "pledge": _pledge,
    "placement_letter": _placement_letter,
    "service_certificate": _service_certificate,
    "assessment_report": _assessment_report,
}


def hours_text(minutes: int) -> str:
    """Return minutes as hours, with a decimal only where there is one."""
    return t("document.hours_text", n=f"{minutes / 60:.2f}".rstrip("0").rstrip("."))


def _due_dates(row: RecordRow) -> list[Data]:
    return [{"word": due.word, "day": due.day, "lines": list(due.lines)} for due in shown_due_dates(row)]


def _day(value: object) -> str:
    return day_text(date.fromisoformat(value), language()) if isinstance(value, str) and value else ""


def _period(row: RecordRow) -> str:
    return f"{_day(row.body['start_on'])}–{_day(row.state.value('due_on'))}"


def _types(row: RecordRow) -> str:
    return "、".join(row.body["service_types"])


def _stations(row: RecordRow) -> list[str]:
    assigned = row.state.value("assigned_station")
    return [_station(id_) for id_ in ([assigned] if assigned else row.state.value("stations") or ())]


def _station(station_id: str) -> str:
    body = current().readmodel.body(station_id)
    return str(body["name"]) if body else station_id


def _credited(row: RecordRow) -> bool:
    told = told_ledger(current().readmodel, row.id)
    return bool(told and told["balance_min"] > 0)
