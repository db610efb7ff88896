"""The sections of the console that this viewer has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

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

    @property
    def is_current(self) -> bool:
        return (request.blueprint or "") == self.endpoint.split(".")[0]

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
    Section("devices.page", "console.devices.title", "smartphone", Permission.SEE_DEVICES),
    Section("members.page", "console.members.title", "users", Permission.SEE_MEMBERS),
    Section("stations.page", "console.stations.title", "map-pin", Permission.SEE_STATIONS),
)


def sections() -> list[Section]:
    """Return the sections that the viewer's grants open, in the order of the bar."""
    viewer = current_viewer()
    return [section for section in (*SECTIONS, *_records(viewer)) if may(viewer, section.permission)]


def record_types(viewer: Viewer | None) -> list[str]:
    """Return the declared workflows whose file names a role of the viewer as a reader."""
    roles = {grant.role for grant in viewer.grants} if viewer else set()
    return [name for name in workflow_names() if workflow(name).read_by & roles]


def _records(viewer: Viewer | None) -> list[Section]:
    names = record_types(viewer)
    first = "service_order" if "service_order" in names else names[0] if names else ""
    label, seen = "console.records.title", Permission.SEE_RECORDS
    return [Section("records.page", label, "stamp", seen, first)] if first else []
