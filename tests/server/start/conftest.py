"""A member and a code, made beside a running server."""

from __future__ import annotations

from pathlib import Path

from server.opening import open_services
from server.settings import Settings
from tests.support.gateway_rig import volunteer


def enrolment_code(data: Path) -> str:
    """Return a code with which a new volunteer's phone enrols."""
    services = open_services(Settings(data=data))
    try:
        return services.enrolment.make_code(volunteer(services), by="system").code
    finally:
        services.readmodel.close()
        services.couch.close()
