"""What a user can do: sign in, sign out, see the own sessions and end them."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, request

from server.console.form import Form
from server.console.layout.words import now, t
from server.console.viewer import Viewer
from server.identity.console_sessions import COOKIE, ConsoleSession, WrongCredentials
from server.identity.lockout import LockedOut
from server.services import current
from sync.errors import Overloaded


def sign_in(form: Form) -> tuple[str | None, int]:
    """Return the new session's token, or None with the reason in the form; and the status."""
    services = current()
    address, agent = request.remote_addr or "", request.headers.get("User-Agent", "")
    try:
        token, member = services.console_sessions.sign_in(
            form["login"], form["password"], address=address, agent=agent
        )
    except WrongCredentials:
        form.errors["login"] = t("console.sign_in.wrong")
        return _refused("sign_in_refused", 422)
    except LockedOut as lock:
        opens_at = (now() + timedelta(seconds=lock.retry_after_s)).isoformat()
        form.errors["login"] = t("console.sign_in.locked", minutes=-(-lock.retry_after_s // 60))
        form.values["opens_at"] = opens_at
        form.values["retry_after_s"] = str(lock.retry_after_s)
        return _refused("sign_in_locked_out", 429)
    except Overloaded:
        form.errors["login"] = t("console.sign_in.busy")
        return None, 503
    services.run_blocking(lambda: services.audit.append("sign_in", actor=member.id, address=address))
    return token, 303


def _refused(kind: str, status: int) -> tuple[None, int]:
    services, address = current(), request.remote_addr or ""
    # The name typed may be somebody's password: it is not written down.
    services.run_blocking(lambda: services.audit.append(kind, actor="", address=address))
    return None, status


def sign_out(viewer: Viewer) -> None:
    """End this session."""
    services = current()
    services.run_blocking(lambda: services.console_sessions.revoke(viewer.session))
    services.run_blocking(lambda: services.audit.append("sign_out", actor=viewer.member))


def own_sessions(viewer: Viewer) -> list[ConsoleSession]:
    """Return where the viewer is signed in, the last used first."""
    return current().console_sessions.sessions(viewer.member)


def end_session(viewer: Viewer, session_id: str) -> bool:
    """End one of the viewer's own sessions; False when it is none of theirs."""
    services = current()
    if session_id not in {session.id for session in own_sessions(viewer)}:
        return False
    services.run_blocking(lambda: services.console_sessions.revoke(session_id))
    services.run_blocking(lambda: services.audit.append("session_ended", actor=viewer.member))
    return True


def give_cookie(response: Response, token: str) -> None:
    """Put the session into the browser, for this host alone and out of scripts' reach."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict", path="/")


def take_cookie(response: Response) -> None:
    """Remove the session from the browser."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
