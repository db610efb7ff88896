"""Every transition of DOMAIN 3.2, 3.3, 3.5 and 3.6 by whom it says: what the files allow, and nothing more.

Each line of a table is one test: a permission, a transition or a clock taken away or added turns it red.
"""

from __future__ import annotations

from typing import Final

import pytest

from server.records.registry import record_type
from server.workflows import workflow

Row = tuple[str, str, str, str]
"""Action, from states, to (`=`: it stays; `<`: back to the state remembered), roles; short names below."""

ROLES: Final = {
    "P": "prosecutor",
    "C": "chief_procurator",
    "T": "township_staff",
    "S": "supervisor",
    "U": "participant",
    "I": "intake_clerk",
    "M": "system",
}

ORDER: Final[list[Row]] = [
    ("offer", "draft", "offered", "P"),
    ("decline", "offered", "declined", "U"),
    ("enter_decline", "offered", "declined", "P"),
    ("pledge", "offered", "pledged", "U"),
    ("enter_pledge", "offered", "pledged", "P"),
    ("assign", "pledged reopened", "assigned", "T P"),
    ("start", "assigned", "in_progress", "M"),
    ("meet_hours", "in_progress", "hours_met", "M"),
    ("fall_short", "hours_met", "in_progress", "M"),
    ("evaluate", "hours_met reopened", "evaluating", "T P M"),
    ("pass", "evaluating", "passed", "P"),
    ("fail", "evaluating", "not_passed", "P"),
    ("decide", "passed not_passed", "decided", "C"),
    ("archive", "decided declined withdrawn terminated transferred", "archived", "P"),
    ("withdraw", "ANY_TIME", "withdrawn", "U"),
    ("enter_withdrawal", "ANY_TIME", "withdrawn", "P"),
    ("suspend", "pledged assigned in_progress", "suspended", "P"),
    ("resume", "suspended", "<", "P"),
    ("record_breach", "assigned in_progress suspended hours_met", "breached", "P"),
    ("hear", "breached", "heard", "P"),
    ("dismiss_breach", "breached heard", "<", "P"),
    ("terminate", "heard", "terminated", "P"),
    ("transfer", "pledged assigned in_progress suspended reopened", "transferred", "P"),
    ("reopen", "REOPENABLE", "reopened", "P"),
    ("continue", "reopened", "in_progress", "P"),
    ("extend_due", "AMENDABLE", "=", "P"),
    ("change_stations", "AMENDABLE", "=", "T P"),
    ("accommodate", "ACCOMMODATED", "=", "P"),
    ("change_caps", "AMENDABLE", "=", "P"),
    ("extend_review", "UNDER_REVIEW", "=", "C"),
    ("serve_decision", "decided", "=", "P"),
    ("record_appeal", "decided", "=", "P"),
    ("extend_appeal_review", "decided", "=", "C"),
    ("close_appeal", "decided", "=", "P"),
    ("record_reconsideration", "decided", "=", "P"),
    ("close_reconsideration", "decided", "=", "P"),
    ("hold", "decided archived withdrawn terminated transferred", "=", "P"),
]
STATION: Final[list[Row]] = [
    ("open_station", "planned", "active", "I P"),
    ("suspend_station", "active", "suspended", "I P"),
    ("resume_station", "suspended", "active", "I P"),
    ("close_station", "planned active suspended", "closed", "P"),
    ("reopen_station", "closed", "planned", "P"),
    ("move_station", "planned active suspended", "=", "I P"),
    ("amend_station", "planned active suspended", "=", "I P"),
    ("change_capacity", "planned active suspended", "=", "I T P"),
    ("change_services", "planned active suspended", "=", "I P"),
    ("appoint", "planned active suspended", "=", "I P"),
]
SESSION: Final[list[Row]] = [
    ("end", "open auto_ended confirmed flagged disputed", "ended", "M"),
    ("auto_end", "open ended confirmed flagged disputed", "auto_ended", "M"),
    ("confirm", "ended auto_ended disputed", "confirmed", "M"),
    ("deny", "ended auto_ended confirmed flagged", "disputed", "M"),
    ("deny_again", "disputed", "=", "M"),
    ("follow", "FOLLOWED", "=", "M"),
    ("flag_session", "confirmed", "flagged", "M"),
    ("unflag", "flagged", "<", "M"),
    ("supersede", "open ended auto_ended confirmed flagged disputed", "superseded", "M"),
    ("revive", "superseded", "open", "M"),
    ("credit_again", "credited part_credited rejected", "part_credited", "T P"),
    ("fold_in", "credited part_credited rejected", "superseded", "T P"),
    ("restore", "superseded", "<", "M"),
    ("clear_flag", "flagged", "<", "T P"),
    ("credit", "confirmed", "credited", "T P"),
    ("part_credit", "confirmed flagged disputed", "part_credited", "T P"),
    ("credit_after_review", "disputed", "credited", "T P"),
    ("reject", "ended auto_ended confirmed flagged disputed", "rejected", "T P"),
    ("explain", "ended auto_ended confirmed flagged disputed", "=", "U"),
    ("dispute", "credited part_credited rejected void", "disputed", "U"),
    ("void", "open ended auto_ended flagged confirmed disputed", "void", "P"),
]
SLOT: Final[list[Row]] = [
    ("book", "requested", "booked", "M T P"),
    ("leave_open", "requested", "=", "M"),
    ("turn_down", "requested", "declined", "T P"),
    ("move", "requested booked", "booked", "T P"),
    ("plan_work", "requested booked", "=", "T P"),
    ("cancel", "requested booked", "cancelled", "U T P"),
    ("excuse", "booked cancelled", "excused", "T P"),
]
CHECK_EVENT: Final[list[Row]] = [
    ("confirm", "recorded", "confirmed", "S T P"),
    ("question", "recorded", "questioned", "S T P"),
]
STAND_DOWN: Final[list[Row]] = [("revoke", "in_force", "revoked", "T P")]
OPERATOR: Final[list[Row]] = [("revoke", "in_force", "revoked", "T P")]
SHEET: Final[list[Row]] = [
    ("hand_in", "given_out", "handed_in", "T P"),
    ("report_lost", "given_out", "lost", "S T P"),
    ("find_again", "lost", "given_out", "T P"),
]
TABLES: Final = {
    "service_order": ORDER,
    "station": STATION,
    "service_session": SESSION,
    "slot": SLOT,
    "check_event": CHECK_EVENT,
    "stand_down": STAND_DOWN,
    "operator_reassignment": OPERATOR,
    "blank_sheet": SHEET,
}
_RUNNING = (
    "offered pledged assigned in_progress suspended hours_met evaluating passed not_passed breached heard"
)
GROUPS: Final = {
    "ANY_TIME": f"{_RUNNING} reopened",
    "UNDER_REVIEW": f"{_RUNNING} reopened",
    "AMENDABLE": "draft offered pledged assigned in_progress suspended reopened",
    "ACCOMMODATED": "offered pledged assigned in_progress suspended reopened",
    "REOPENABLE": "hours_met passed not_passed decided archived declined withdrawn terminated transferred",
    "FOLLOWED": "ended auto_ended confirmed flagged disputed credited part_credited rejected void",
}
ROWS = [pytest.param(name, row, id=f"{name}.{row[0]}") for name, rows in TABLES.items() for row in rows]
NAMES: Final = list(TABLES)


class TestTransitions:
    @pytest.mark.parametrize(("name", "row"), ROWS)
    def test_by_whom_domain_says_and_from_where(self, name: str, row: Row) -> None:
        verb, from_states, to, roles = row
        action = workflow(name).actions[verb]
        leads_to = "<" if action.returns_to else action.to or "="

        assert action.by == {ROLES[each] for each in roles.split()}
        assert action.from_states == set(GROUPS.get(from_states, from_states).split())
        assert leads_to == to

    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_else_is_allowed(self, name: str) -> None:
        assert set(workflow(name).actions) == {row[0] for row in TABLES[name]}


REASONS: Final = {
    "service_order": "fail suspend record_breach dismiss_breach terminate transfer reopen extend_due "
    "change_stations accommodate change_caps extend_review extend_appeal_review hold",
    "station": "suspend_station close_station reopen_station move_station amend_station",
    "service_session": "clear_flag part_credit credit_again fold_in credit_after_review reject void",
    "slot": "turn_down move excuse",
    "check_event": "question",
    "stand_down": "revoke",
    "operator_reassignment": "revoke",
    "blank_sheet": "report_lost find_again",
}  # fmt: skip


class TestReasons:
    """Every resolution leaves a reason where it affects somebody (DOMAIN 4, e)."""

    @pytest.mark.parametrize("name", NAMES)
    def test_where_a_reason_is_asked_for(self, name: str) -> None:
        found = {each.name for each in workflow(name).actions.values() if each.needs_reason}

        assert found == set(REASONS[name].split())


CLOCKS: Final = [
    ("service_order", "review", 1, "months"),
    ("service_order", "review_fast", 10, "days"),
    ("service_order", "review_fast_longer", 15, "days"),
    ("service_order", "service", 0, "days"),
    ("service_order", "victim_appeal", 7, "days"),
    ("service_order", "participant_appeal", 7, "days"),
    ("service_order", "appeal_review", 3, "months"),
    ("service_order", "reconsideration", 30, "days"),
    ("service_order", "re_examination", 30, "days"),
    ("service_session", "confirmation", 3, "working_days"),
    ("service_session", "denial_review", 5, "working_days"),
    ("service_session", "dispute_review", 5, "working_days"),
]


class TestClocks:
    @pytest.mark.parametrize(("name", "clock", "number", "unit"), CLOCKS)
    def test_how_long(self, name: str, clock: str, number: int, unit: str) -> None:
        (found,) = [each for each in workflow(name).clocks if each.name == clock]

        assert (found.amount.number, found.amount.unit) == (number, unit)

    @pytest.mark.parametrize("name", NAMES)
    def test_there_is_no_other(self, name: str) -> None:
        wanted = [clock for flow, clock, _number, _unit in CLOCKS if flow == name]

        assert [each.name for each in workflow(name).clocks] == wanted


WRITERS: Final = [
    ("service_order", "P I M", True),
    ("station", "P I M", True),
    ("service_session", "M", True),
    ("slot", "U T P", False),
    ("stand_down", "S T P", False),
    ("operator_reassignment", "T P", True),
    ("blank_sheet", "T P", True),
    ("check_event", "U S T P", False),
]


class TestWriters:
    """Who begins a record, and whether at the desk alone; who merges."""

    @pytest.mark.parametrize(("name", "roles", "is_desk_only"), WRITERS)
    def test_who_writes_it(self, name: str, roles: str, is_desk_only: bool) -> None:
        kind = record_type(name)
        assert kind is not None

        assert (kind.written_by, kind.is_desk_only) == ({ROLES[each] for each in roles.split()}, is_desk_only)

    @pytest.mark.parametrize("name", NAMES)
    def test_who_settles_what_was_done_side_by_side(self, name: str) -> None:
        assert workflow(name).merge_by <= {"prosecutor", "township_staff"}

    @pytest.mark.parametrize("name", NAMES)
    def test_the_machine_never_decides_on_minutes_nor_a_supervisor(self, name: str) -> None:
        for action in workflow(name).actions.values():
            if action.to in (
                "credited",
                "part_credited",
                "rejected",
                "void",
                "passed",
                "not_passed",
                "decided",
            ):
                assert not action.by & {"system", "supervisor", "participant"}
