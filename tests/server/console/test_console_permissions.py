"""Who gets in where: every route of the console, walked as every role."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from server.console.permissions import ALLOWED, Permission
from tests.support.console_rig import ConsoleRig
from tests.support.entries import TOWNSHIP

NAMES = {"leads.export": "csv", "service_reports.file": "stations", "orders.paper": "placement_letter"}
ROUTES = {
    "dashboard.page",
    "leads.page",
    "leads.news",
    "leads.detail",
    "leads.changes",
    "leads.new_page",
    "leads.export",
    "check_events.page",
    "check_events.news",
    "check_events.detail",
    "check_events.changes",
    "quarantine.page",
    "quarantine.detail",
    "devices.page",
    "devices.detail",
    "devices.enrol_page",
    "tablets.page",
    "tablets.detail",
    "members.page",
    "members.new_page",
    "members.detail",
    "stations.page",
    "stations.detail",
    "stations.code",
    "participants.page",
    "participants.detail",
    "participants.new_page",
    "orders.new_page",
    "orders.papers_page",
    "orders.paper",
    "evaluations.page",
    "evaluations.news",
    "evaluations.detail",
    "evaluations.changes",
    "records.page",
    "records.news",
    "records.detail",
    "records.changes",
    "records.new_page",
    "live_board.page",
    "service_sessions.page",
    "service_sessions.news",
    "service_sessions.detail",
    "service_sessions.changes",
    "bulk_credit.page",
    "spot_checks.page",
    "spot_checks.news",
    "spot_checks.detail",
    "spot_checks.changes",
    "service_alerts.page",
    "deadline_board.page",
    "service_reports.page",
    "service_reports.file",
}
LEADS = {"leads.page", "leads.news", "leads.detail", "leads.changes"}
CHECK_EVENTS = {"check_events.page", "check_events.news", "check_events.detail", "check_events.changes"}
QUARANTINE = {"quarantine.page", "quarantine.detail"}
DEVICES = {"devices.page", "devices.detail", "tablets.page", "tablets.detail"}
MEMBERS = {"members.page", "members.detail"}
STATIONS = {"stations.page", "stations.detail"}
DASHBOARD = {"dashboard.page"}
SESSIONS = {f"service_sessions.{name}" for name in ("page", "news", "detail", "changes")}
BOARDS = {"live_board.page", "service_alerts.page", "deadline_board.page"}
# Unannounced: nobody at a station.
SPOT_CHECKS = {f"spot_checks.{name}" for name in ("page", "news", "detail", "changes")}
REPORTS = {"service_reports.page", "service_reports.file"}
EVALUATIONS = {"evaluations.page", "evaluations.news", "evaluations.detail", "evaluations.changes"}
# Of the declared workflow `blank_sheet`: its file names who reads and who writes.
RECORDS = {"records.page", "records.news", "records.detail", "records.changes"}

MAY_READ = {
    "volunteer": set(),
    "participant": set(),
    "agency_liaison": set(),
    "auditor": DASHBOARD | SESSIONS,
    "supervisor": DASHBOARD | SESSIONS | BOARDS | CHECK_EVENTS | STATIONS | EVALUATIONS | {"stations.code"},
    "township_staff": DASHBOARD
    | LEADS
    | CHECK_EVENTS
    | STATIONS
    | EVALUATIONS
    | RECORDS
    | SESSIONS
    | BOARDS
    | SPOT_CHECKS
    | REPORTS
    | {"records.new_page", "bulk_credit.page"},
    "intake_clerk": DASHBOARD
    | LEADS
    | QUARANTINE
    | DEVICES
    | MEMBERS
    | {"devices.enrol_page", "members.new_page", "leads.new_page", "leads.export"},
    "prosecutor": ROUTES - {"devices.enrol_page", "stations.code", "leads.new_page"},
    "chief_procurator": ROUTES
    - {"devices.enrol_page", "stations.code", "records.new_page", "participants.new_page", "orders.new_page"}
    - {"bulk_credit.page", "leads.new_page"},
    "security_officer": DASHBOARD | QUARANTINE | DEVICES | MEMBERS | {"devices.enrol_page"},
}
TABLET_CODES = {"tablets.tablet_code", "tablets.operator_code", "tablets.reset_pin"}
MAY_WRITE = {
    "volunteer": set(),
    "participant": set(),
    "agency_liaison": set(),
    "auditor": set(),
    "supervisor": {"check_events.step", "evaluations.step"},
    "township_staff": {"check_events.step", "evaluations.step", "records.step", "records.begin"}
    | {"service_sessions.step", "bulk_credit.credit", "spot_checks.step"},
    "intake_clerk": {"leads.step", "leads.reporter", "leads.begin", "quarantine.decide", "devices.enrol"}
    | TABLET_CODES
    | {"members.add", "members.give", "members.end_grant"},
    "prosecutor": {"leads.step", "check_events.step", "quarantine.decide"}
    | {"records.step", "records.begin", "records.bundle"}
    | {"orders.begin", "orders.dates", "evaluations.step"}
    | {"service_sessions.step", "bulk_credit.credit", "spot_checks.step"}
    | {"participants.begin", "participants.identity", "participants.code"}
    | {"members.add", "members.give", "members.end_grant"},
    "chief_procurator": {"leads.step", "records.step", "records.bundle", "participants.identity"}
    | {"members.add", "members.give", "members.end_grant"},
    "security_officer": {"quarantine.decide", "devices.enrol", "devices.revoke"}
    | TABLET_CODES
    | {"tablets.replace_secret"},
}
WRITES = {name for allowed in MAY_WRITE.values() for name in allowed}
OPEN = {"sign_in.page", "sign_in.sign_in", "sign_in.language"}


def console_rules(app: Flask) -> Iterator[tuple[str, str, set[str]]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console"):
            yield rule.endpoint, rule.rule, rule.methods or set()


@pytest.fixture
def paths(rig: ConsoleRig, ids, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """Return an address that exists for each route."""
    records = {
        "leads": ids.lead,
        "check_events": ids.check_event,
        "stations": ids.station,
        "tablets": ids.station,
        "devices": ids.phone.device,
        "members": ids.phone.member,
        "quarantine": ids.refused,
        "participants": participant(rig),
        "evaluations": rig.centre.desk("evaluation", {"order": ids.order}).id,
        "orders": ids.order,
        "records": blank_sheet(rig, ids.station),
        "service_sessions": session(rig, ids),
        "spot_checks": spot_check(rig, ids),
    }
    rig.centre.work()
    values = {
        "record_type": "blank_sheet",
        "device": "desk-0",
        "device_id": "d0",
        "entry": 1,
        "hash_": "0",
        "mark": "0",
        "grant_id": "g0",
        "name": "en",
        "format_": "csv",
    }
    # An auditor is shown a sample; that it is one, the tests of supervision show.
    monkeypatch.setattr("server.console.service_sessions.scope.is_sampled", lambda _id: True)
    found = {}
    with rig.app.test_request_context():
        for endpoint, _path, methods in console_rules(rig.app):
            record = records.get(endpoint.split(".")[0], "x")
            adapter = rig.app.url_map.bind("localhost")
            wanted = {"record_id": record, "session_id": "0", **values}
            wanted |= {"name": NAMES[endpoint]} if endpoint in NAMES else {}
            method = "POST" if "POST" in methods else "GET"
            found[endpoint] = adapter.build(endpoint, wanted, method=method).split("?")[0]
    return found


def session(rig: ConsoleRig, ids) -> str:  # type: ignore[no-untyped-def]
    """Write the record of the session that the check event opened."""
    body = {"order": ids.order, "station": ids.station, "check_events": [ids.check_event]}
    body["started_at"] = "2026-11-23T08:00:00+08:00"
    record = f"service_session:{ids.check_event.partition(':')[2]}"
    return rig.centre.desk("service_session", body, record_id=record).id


def spot_check(rig: ConsoleRig, ids) -> str:  # type: ignore[no-untyped-def]
    body = {"order": ids.order, "station": ids.station, "day": "2026-11-23", "weight": 1, "rank": 1}
    return rig.centre.desk("spot_check", {**body, "seed": "0" * 64, "pool": ["a b 1"]}).id


def blank_sheet(rig: ConsoleRig, station: str) -> str:
    author = rig.centre.member(("prosecutor", "county"))
    body = {"number": "A-001", "station": station, "lines": 20}
    return rig.centre.desk("blank_sheet", body, author=author, role="prosecutor").id


def participant(rig: ConsoleRig) -> str:
    body = {"member": "m01j00000000000000000000000", "display_code": "乙-31", "residence": TOWNSHIP}
    return rig.centre.desk("participant", {**body, "act_on": "2026-09-01"}).id


class TestEveryRoute:
    """Deny by default; each role reaches what DOMAIN 6 gives it, and nothing else."""

    def test_every_view_says_what_it_requires(self, rig: ConsoleRig):
        silent = [
            endpoint
            for endpoint, _path, _methods in console_rules(rig.app)
            if not isinstance(getattr(rig.app.view_functions[endpoint], ALLOWED, None), Permission)
        ]

        assert silent == []

    def test_no_route_is_missing_from_the_tables_above(self, rig: ConsoleRig):
        signed_in = {"sign_in.home", "sign_in.sign_out", "sign_in.sessions_page", "sign_in.end_session"}
        waiting = {
            "leads.processing",
            "check_events.processing",
            "records.processing",
            "evaluations.processing",
            "service_sessions.processing",
            "spot_checks.processing",
        }
        known = ROUTES | WRITES | OPEN | signed_in | waiting

        assert {endpoint for endpoint, _path, _methods in console_rules(rig.app)} == known

    def test_nobody_gets_in_without_signing_in(self, rig: ConsoleRig, paths: dict[str, str]):
        client = rig.app.test_client()
        for endpoint, path in paths.items():
            if endpoint in OPEN:
                continue
            method = "POST" if endpoint in WRITES else "GET"
            answer = client.open(path, method=method)
            if endpoint in {"sign_in.sign_out", "sign_in.end_session"}:
                continue  # reached by POST alone
            assert answer.status_code == 302, (endpoint, answer.status_code)
            assert answer.location.startswith("/console/sign-in"), endpoint

    @pytest.mark.parametrize("role", sorted(MAY_READ))
    def test_each_role_reads_its_pages_alone(self, rig: ConsoleRig, ids, paths: dict[str, str], role: str):
        browser = rig.as_role(role, ids.station if role == "supervisor" else None)
        answers = {endpoint: browser.get(paths[endpoint]).status_code for endpoint in ROUTES}

        refused = {endpoint for endpoint, status in answers.items() if status == 403}
        assert refused == ROUTES - MAY_READ[role]
        assert {status for endpoint, status in answers.items() if endpoint not in refused} <= {200, 204}

    @pytest.mark.parametrize("role", sorted(MAY_WRITE))
    def test_each_role_sends_its_forms_alone(self, rig: ConsoleRig, ids, paths: dict[str, str], role: str):
        browser = rig.as_role(role, ids.station if role == "supervisor" else None)
        # Empty forms: who may send them is told what is missing, who may not is told nothing.
        answers = {endpoint: browser.post(paths[endpoint]).status_code for endpoint in WRITES}

        refused = {endpoint for endpoint, status in answers.items() if status == 403}
        # Ending a grant that there is not is refused to all.
        assert refused - {"members.end_grant"} == WRITES - MAY_WRITE[role] - {"members.end_grant"}
        # Buttons, and a computation that keeps nothing.
        asking_nothing = {"participants.code", "tablets.tablet_code", "tablets.reset_pin", "orders.dates"}
        filled = {status for endpoint, status in answers.items() if endpoint not in asking_nothing}
        assert filled <= {403, 409, 422}, answers


class TestReach:
    """A record outside the reach answers as an unknown one does (DESIGN 8)."""

    def test_a_supervisor_of_another_station_finds_nothing(self, rig: ConsoleRig, ids):
        browser = rig.as_role("supervisor", "station:01j00000000000000000000000")

        hidden = browser.get(f"/console/check-events/{ids.check_event}")
        unknown = browser.get("/console/check-events/check_event:01j00000000000000000000000")

        assert (hidden.status_code, unknown.status_code) == (404, 404)
        # Both pages name their own address in the link to the other language.
        assert hidden.text.replace(ids.check_event, "X") == unknown.text.replace(
            "check_event:01j00000000000000000000000", "X"
        )
        assert ids.check_event not in browser.text("/console/check-events")

    def test_township_staff_see_leads_of_their_own_township_without_the_reporter(self, rig: ConsoleRig, ids):
        own = rig.as_role("township_staff")
        other = rig.as_role("township_staff", "township:371425105")

        page = own.text(f"/console/leads/{ids.lead}")

        assert "坝坡被开垦种植玉米" in page
        assert "张某" not in page
        assert ids.phone.device not in page
        assert other.get(f"/console/leads/{ids.lead}").status_code == 404
        assert "坝坡被开垦种植玉米" not in other.text("/console/leads")

    def test_a_station_sees_neither_order_nor_proof(self, rig: ConsoleRig, ids):
        page = rig.as_role("supervisor", ids.station).text(f"/console/check-events/{ids.check_event}")

        assert "甲-01" in page
        assert "QH-GY-2026-018" not in page
        assert ids.phone.device not in page
        assert ids.phone.member not in page

    def test_the_security_officer_sees_no_names_and_no_content(self, rig: ConsoleRig, ids):
        officer = rig.as_role("security_officer")

        for path in ("members", "devices", "devices/enrol", f"quarantine/{ids.refused}"):
            page = officer.text(f"/console/{path}")
            assert "张某" not in page, path
            assert "改过的标题" not in page, path

    def test_a_grant_that_has_ended_opens_nothing(self, rig: ConsoleRig, ids):
        browser = rig.as_role("intake_clerk")
        assert browser.get("/console/leads").status_code == 200
        directory = rig.centre.services.directory

        for grant in directory.grants(browser.member):
            directory.end_grant(grant.id, grant.valid_from)

        assert browser.get("/console/leads").status_code == 403
