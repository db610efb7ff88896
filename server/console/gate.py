"""Before every console page: who is looking, may they, and did this form come from our own page."""

from __future__ import annotations

from typing import Final

from flask import Response, current_app, g, request
from werkzeug.exceptions import Forbidden

from server.console.permissions import ALLOWED
from server.console.viewer import Viewer
from server.identity.console_sessions import COOKIE, ConsoleSession
from server.services import current

HEADER: Final = "X-Anti-Forgery"
POLL_HEADER: Final = "X-Poll"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForgedForm(Forbidden):
    """A write without the token of its session: another site's form, or a page older than the sign-in."""


def open_gate() -> None:
    """Find out who is looking; refuse a view that asks for nothing, and a form that is not our own.

    Raises: Forbidden, ForgedForm.
    """
    sessions = current().console_sessions
    session = sessions.session(request.cookies.get(COOKIE), is_use=POLL_HEADER not in request.headers)
    g.viewer = _viewer(session) if session else None
    view = current_app.view_functions[request.endpoint or ""]
    if not hasattr(view, ALLOWED):
        raise Forbidden  # deny by default: a view that asks for nothing is open to nobody
    if session is None or request.method in SAFE_METHODS:
        return
    given = request.headers.get(HEADER) or request.form.get("anti_forgery")
    if not sessions.is_own_form(session, given):
        raise ForgedForm


def _viewer(session: ConsoleSession) -> Viewer | None:
    services = current()
    member = services.directory.member(session.member)
    if member is None:
        return None
    return Viewer(
        member=member.id,
        display_name=member.name,
        grants=tuple(services.directory.grants_in_force(member.id)),
        session=session.id,
        anti_forgery=services.console_sessions.anti_forgery(session),
    )


def keep_private(response: Response) -> Response:
    """Keep pages out of every cache: the next person at this desk has another role."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.add("Vary", "Cookie, HX-Request")
    return response
