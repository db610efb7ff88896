"""The sections of the console that this viewer has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for

from server.console.layout.words import t, t_or_code
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
    """Of a section for records of a declared workflow."""

    @property
    def is_current(self) -> bool:
        is_feature = (request.blueprint or "") == self.endpoint.split(".")[0]
        return is_feature and (not self.record_type or self.record_type == g.get("record_type"))

    @property
    def word(self) -> str:
        return t_or_code("console.type", self.record_type) if self.record_type else t(self.label)

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
    return [each for each in (*SECTIONS, *_declared(viewer)) if may(viewer, each.permission)]


def _declared(viewer: Viewer | None) -> list[Section]:
    """Return a section for each workflow whose file names a role of the viewer as a reader."""
    roles = {grant.role for grant in viewer.grants} if viewer else set()
    return [
        Section("records.page", "", "stamp", Permission.SEE_RECORDS, name)
        for name in workflow_names()
        if workflow(name).read_by & roles
    ]
