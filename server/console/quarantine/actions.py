"""What a user can do with the quarantine: look, read, admit, keep out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from server.console.form import Form
from server.console.listing import ListView, Page
from server.console.permissions import JUDGES, Permission, may
from server.console.steps import WAIT_S, Outcome, await_entry, who_text
from server.console.viewer import Viewer
from server.readmodel.quarantine_queries import (
    QuarantineEntry,
    QuarantineQuestion,
    quarantine_entry,
    quarantine_rows,
)
from server.services import current

HIDDEN = {"body", "parts"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a named person decided, and why."""

    verdict: str
    who: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class QuarantineView:
    """One entry with its raw text; content is left out for who may not read it."""

    row: QuarantineEntry
    raw: str
    is_content_shown: bool
    decisions: Sequence[Decision]

    @property
    def can_be_judged(self) -> bool:
        return self.row.verdict == "refused" and not self.row.is_opaque and not self.row.is_extra


def question_of(view: ListView | None, viewer: Viewer) -> QuarantineQuestion:
    """Return the question within what the viewer's roles may look at: a clerk sees leads alone."""
    about = "" if may(viewer, Permission.SEE_ALL_QUARANTINE) else "lead"
    if view is None:
        return QuarantineQuestion(about=about)
    return QuarantineQuestion(
        about=about,
        verdict=view.filters["verdict"],
        device=view.filters["device"],
        type=view.filters["type"],
    )


def find_page(view: ListView, viewer: Viewer) -> Page[QuarantineEntry]:
    """Return what fits the filters."""
    part = view.part()
    rows, total = quarantine_rows(current().readmodel, question_of(view, viewer), part)
    return Page(rows, total, view.page)


def find(document: str, viewer: Viewer) -> QuarantineView | None:
    """Return one entry; None when it is not (or no longer) in quarantine, or not for this viewer."""
    model = current().readmodel
    row = quarantine_entry(model, question_of(None, viewer), document)
    stored = model.document(document) if row else None
    if row is None or stored is None:
        return None
    is_shown = may(viewer, Permission.READ_QUARANTINED)
    return QuarantineView(row, _raw(stored, is_shown), is_shown, _decisions(stored, viewer))


def note_reading(entry: QuarantineView, viewer: Viewer) -> None:
    """Write down that quarantined content was read."""
    if entry.is_content_shown:
        services = current()
        services.run_blocking(
            lambda: services.audit.append("quarantine_read", actor=viewer.member, about=entry.row.document)
        )


def judge(entry: QuarantineView, form: Form, viewer: Viewer) -> Outcome:
    """Enter the decision at the desk; ingest makes a further receipt of it."""
    body = {
        "device": entry.row.device,
        "entry": entry.row.number,
        "hash": entry.row.hash,
        "verdict": form["verdict"],
        "reason": form["reason"],
    }
    role = next(grant.role for grant in viewer.grants if grant.role in JUDGES)
    services = current()
    ref = services.run_blocking(
        lambda: services.desk.append("admission", body, author=viewer.member, role=role)
    )
    services.run_blocking(
        lambda: services.audit.append(
            "admission", actor=viewer.member, about=entry.row.document, verdict=form["verdict"]
        )
    )
    return await_entry(ref, WAIT_S)


def _decisions(stored: Mapping[str, Any], viewer: Viewer) -> list[Decision]:
    model = current().readmodel
    ids = [receipt["admission"] for receipt in stored["receipts"] if "admission" in receipt]
    entries = [document["entry"] for document in map(model.document, ids) if document]
    return [
        Decision(
            entry["body"]["verdict"],
            who_text(entry["author"], entry["role"], viewer),
            entry["at"],
            entry["body"]["reason"],
        )
        for entry in entries
    ]


def _raw(stored: Mapping[str, Any], is_content_shown: bool) -> str:
    shown = dict(stored)
    if not is_content_shown:
        shown.pop("parts", None)
        if "opaque" in shown:
            shown["opaque"] = {"reason": shown["opaque"].get("reason")}
        if "entry" in shown:
            shown["entry"] = {name: value for name, value in shown["entry"].items() if name not in HIDDEN}
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode()
