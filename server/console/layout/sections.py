"""The sections of the console that this viewer has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from server.console.permissions import Permission, may
from server.console.viewer import Viewer, current_viewer
from server.workflows import workflow, workflow_names


@dataclass(frozen=True, slots=True)
class Section:
    """One place in the bar."""

    endpoint: str
    label: str
    icon: str
    permission: Permission
    record_type: str = ""
    """Where the section of declared workflows leads: the first that the viewer reads."""
    covers: frozenset[str] = frozenset()
    """Features that stand under this section beside its own."""

    @property
    def is_current(self) -> bool:
        here = request.blueprint or ""
        return here == self.endpoint.split(".")[0] or here in self.covers

    @property
    def url(self) -> str:
        if self.record_type:
            return url_for(self.endpoint, record_type=self.record_type)
        return url_for(self.endpoint)


SECTIONS = (
    Section("dashboard.page", "console.dashboard.title", "layout-dashboard", Permission.SEE_DASHBOARD),
    Section("leads.page", "console.leads.title", "inbox", Permission.SEE_LEADS),
    Section(
        "check_events.page", "console.check_events.title", "clipboard-check", Permission.SEE_CHECK_EVENTS
    ),
    Section("quarantine.page", "console.quarantine.title", "shield-alert", Permission.SEE_QUARANTINE),
    Section(
        "devices.page",
        "console.devices.title",
        "smartphone",
        Permission.SEE_DEVICES,
        covers=frozenset({"tablets"}),
    ),
    Section("members.page", "console.members.title", "users", Permission.SEE_MEMBERS),
    Section("participants.page", "console.participants.title", "contact-round", Permission.SEE_PARTICIPANTS),
    Section("evaluations.page", "console.evaluations.title", "clipboard-check", Permission.SEE_EVALUATIONS),
    Section("stations.page", "console.stations.title", "map-pin", Permission.SEE_STATIONS),
)


SUPERVISION = (
    Section("live_board.page", "supervision.board.title", "clock", Permission.SEE_LIVE_BOARD),
    Section(
        "service_sessions.page", "supervision.sessions.title", "clipboard-check", Permission.SEE_SESSIONS
    ),
    Section("spot_checks.page", "supervision.spot_checks.title", "search", Permission.SEE_SPOT_CHECKS),
    Section("service_alerts.page", "supervision.alerts.title", "triangle-alert", Permission.SEE_ALERTS),
    Section("deadline_board.page", "supervision.deadlines.title", "hourglass", Permission.SEE_DEADLINES),
    Section("service_reports.page", "supervision.reports.title", "printer", Permission.SEE_SERVICE_REPORTS),
)
"""What stands under the one section of supervision."""


def sections() -> list[Section]:
    """Return the sections that the viewer's grants open, in the order of the bar."""
    viewer = current_viewer()
    offered = (*SECTIONS[:3], *_supervision(), *SECTIONS[3:], *_records(viewer))
    return [section for section in offered if may(viewer, section.permission)]


def supervision_sections() -> list[Section]:
    """Return the parts of supervision that the viewer's grants open."""
    viewer, known = current_viewer(), current_app.view_functions
    return [s for s in SUPERVISION if s.endpoint in known and may(viewer, s.permission)]


def _supervision() -> list[Section]:
    first = next(iter(supervision_sections()), None)
    if first is None:
        return []
    covers = frozenset(section.endpoint.split(".")[0] for section in SUPERVISION)
    return [Section(first.endpoint, "supervision.title", "clipboard-check", first.permission, covers=covers)]


def record_types(viewer: Viewer | None) -> list[str]:
    """Return the declared workflows whose file names a role of the viewer as a reader."""
    roles = {grant.role for grant in viewer.grants} if viewer else set()
    return [name for name in workflow_names() if workflow(name).read_by & roles]


def _records(viewer: Viewer | None) -> list[Section]:
    names = record_types(viewer)
    first = "service_order" if "service_order" in names else names[0] if names else ""
    label, seen = "console.records.title", Permission.SEE_RECORDS
    return [Section("records.page", label, "stamp", seen, first)] if first else []
