"""Which device is asking: its cookie, and whether it is revoked; each request is also a contact."""

from __future__ import annotations

from flask import Request, Response

from server.identity.device_sessions import COOKIE, LONGEST_DAYS
from server.identity.devices import Device
from server.records.limits import MAX_APP_CHARS
from server.services import Services
from sync.errors import Unauthorized

APP_HEADER = "Liandong-App"
NO_SESSION = "no_session"
REVOKED = "revoked"


def requesting_device(services: Services, request: Request, *, may_be_revoked: bool = False) -> Device:
    """Return the device whose session this is.

    Raises: Unauthorized, with reason "revoked" where a revoked device may not go.
    """
    device = services.device_sessions.device(request.cookies.get(COOKIE))
    if device is None:
        raise Unauthorized(NO_SESSION)
    if device.is_revoked and not may_be_revoked:
        raise Unauthorized(REVOKED)
    _note_contact(services, device, request.headers.get(APP_HEADER, "")[:MAX_APP_CHARS])
    return device


def set_session_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        COOKIE, token, max_age=LONGEST_DAYS * 86400, path="/", secure=True, httponly=True, samesite="Strict"
    )


def clear_session_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")


def _note_contact(services: Services, device: Device, app: str) -> None:
    contacts, at = services.directory.contacts, services.now()
    build = app or device.app
    if contacts.is_due(device.id, build, at):
        services.run_blocking(lambda: contacts.note(device.id, build, at))
