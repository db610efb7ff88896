"""The CouchDB HTTP API over any Server, as one Flask blueprint behind one guard."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import BaseConverter, Rule

from sync.http.call import Face, Sessions
from sync.http.guard import Guard
from sync.http.limits import Limits
from sync.http.respond import make_face, respond
from sync.http.waiting import RunBlocking, Waiter, run_here
from sync.peer import Server


def create_blueprint(
    server: Server,
    guard: Guard,
    *,
    run_blocking: RunBlocking = run_here,
    run_quick: RunBlocking | None = None,
    waiter: Waiter | None = None,
    limits: Limits | None = None,
    sessions: Sessions | None = None,
    name: str = "couch",
) -> Blueprint:
    """Return a blueprint to be registered with a `url_prefix`; it answers everything below it.

    The arguments are those of `make_face`.
    The guard is called in the request's own context, for an open feed outside of it, and may use
    run_blocking itself.
    """
    face = make_face(
        server,
        guard,
        run_blocking=run_blocking,
        run_quick=run_quick,
        waiter=waiter,
        limits=limits,
        sessions=sessions,
    )
    blueprint = Blueprint(name, __name__)
    blueprint.record(lambda state: _mount(state, face, name))
    return blueprint


class _AnyPath(BaseConverter):
    """Unlike Flask's own `path`, it also takes what begins with a slash."""

    part_isolating = False
    regex = r"[\s\S]*?"


def _mount(state: BlueprintSetupState, face: Face, name: str) -> None:
    """Take every method and path below the prefix: Flask's own 404, 405 and redirects are HTML."""
    prefix = (state.url_prefix or "").rstrip("/")

    def view(rest: str = "") -> Response:  # noqa: ARG001 - the raw URL is read instead
        # Itself, not Flask's stand-in for it: an open feed outlives the context.
        return respond(face, request._get_current_object(), prefix)  # type: ignore[attr-defined]

    endpoint = f"{name}.everything"
    state.app.view_functions[endpoint] = view
    state.app.url_map.converters["couch_path"] = _AnyPath
    for path in (prefix, f"{prefix}/", f"{prefix}/<couch_path:rest>"):
        if path:
            rule = Rule(path, endpoint=endpoint, methods=None, merge_slashes=False, strict_slashes=False)
            rule.provide_automatic_options = False  # type: ignore[attr-defined]  # Flask reads it
            state.app.url_map.add(rule)
