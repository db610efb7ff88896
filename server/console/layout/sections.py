"""The sections of the console that this viewer has."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from server.console.permissions import Permission, may
from server.console.viewer import current_viewer


@dataclass(frozen=True, slots=True)
class Section:
    """One place in the bar."""

    endpoint: str
    label: str
    icon: str
    permission: Permission

    @property
    def is_current(self) -> bool:
        return (request.blueprint or "") == self.endpoint.split(".")[0]


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
    return [section for section in SECTIONS if may(current_viewer(), section.permission)]
