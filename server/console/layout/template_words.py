"""What templates ask of the console's rules: permissions, looks, codes, choices for filters."""

from __future__ import annotations

from flask import Flask

from server.console.codes import word
from server.console.layout.reasons import reason_text, waits_text
from server.console.layout.sections import record_types, sections, supervision_sections
from server.console.layout.words import t, t_or_code
from server.console.look import conflict_look, state_look, verdict_look
from server.console.permissions import Permission
from server.console.permissions import may as may_viewer
from server.console.viewer import current_viewer
from server.fold.state import STATE_FIELD
from server.readmodel.rows import RecordRow
from server.services import current


def may(name: str) -> bool:
    """Has the viewer the permission of this name? A name that there is not is an error, not a no."""
    return may_viewer(current_viewer(), Permission[name])


def in_words(prefix: str, codes: list[str] | tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (code, word) for a filter's choices."""
    return [(code, t_or_code(prefix, code)) for code in codes]


def conflict_values(row: RecordRow, name: str) -> list[str]:
    """Return the values between which a person has to decide; a state in words."""
    if name == STATE_FIELD:
        states = row.state.state_candidates.values()
        return sorted({state_look(row.type, state).word for state in states})
    return sorted({str(value) for value in row.state.fields[name].candidates.values()})


def code_minutes() -> int:
    """Return for how long an enrolment code is good."""
    return current().settings.enrolment_code_min


def county_name() -> str:
    """Return the county's name, or its code while no table names it."""
    code = current().settings.county
    name = word("county", code)
    return t("console.county") if name == code else name


def readable_types() -> list[str]:
    """Return the declared workflows that the viewer reads."""
    return record_types(current_viewer())


def register_template_words(app: Flask) -> None:
    """Give every template the words of this module."""
    functions = (may, conflict_values, in_words, code_minutes, county_name, sections, reason_text, waits_text)
    looks = (state_look, verdict_look, conflict_look)
    for function in (*functions, *looks, readable_types, supervision_sections):
        app.add_template_global(function)
    app.add_template_global(word, "code_word")
