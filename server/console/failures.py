"""What went wrong, as a page or as the fragment that htmx puts in place: what happened, and what to do."""

from __future__ import annotations

import errno
import traceback

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized

from server.console.gate import ForgedForm
from server.console.layout.words import here, is_fragment, t
from sync.errors import StorageFailed, SyncError


class Gone(NotFound):
    """The record is not there, or not for this viewer: the two look the same."""


def register_failures(blueprint: Blueprint) -> None:
    """Answer this feature's failures in words."""
    blueprint.register_error_handler(Unauthorized, _sign_in_first)
    blueprint.register_error_handler(ForgedForm, _page_too_old)
    blueprint.register_error_handler(Forbidden, _not_for_you)
    blueprint.register_error_handler(NotFound, _not_found)
    blueprint.register_error_handler(SyncError, _not_stored)
    blueprint.register_error_handler(Exception, _unforeseen)


def _sign_in_first(_error: Unauthorized) -> ResponseReturnValue:
    if is_fragment():
        return "", 401  # the script says so above the page; a form keeps what was typed
    wanted = here() if request.method == "GET" else None
    return redirect(url_for("sign_in.page", next=wanted))


def _page_too_old(_error: ForgedForm) -> ResponseReturnValue:
    return failure("page_too_old", 403)


def _not_for_you(_error: Forbidden) -> ResponseReturnValue:
    return failure("not_for_you", 403)


def _not_found(_error: NotFound) -> ResponseReturnValue:
    return failure("not_found", 404)


def _not_stored(error: SyncError) -> ResponseReturnValue:
    if isinstance(error, StorageFailed):
        return failure("no_space", error.status)
    return failure("busy", error.status) if error.is_retryable else _unforeseen(error)


def _unforeseen(error: Exception) -> ResponseReturnValue:
    if isinstance(error, HTTPException):
        return failure("unforeseen", error.code or 500)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
        return failure("no_space", StorageFailed.status)
    traceback.print_exception(error)
    return failure("unforeseen", 500)


def failure(name: str, status: int) -> ResponseReturnValue:
    """Return the failure in words, fitted to who asked: a page, or a notice in its place."""
    title, what = t(f"console.failure.{name}.title"), t(f"console.failure.{name}.text")
    if not is_fragment():
        return render_template("layout/failure.html", title=title, what=what), status
    # Never in place of a form: what was typed there stays.
    place = {"HX-Retarget": "#problem", "HX-Reswap": "innerHTML"}
    return render_template("layout/_failure.html", title=title, what=what), status, place
