"""Exceptions to answers, once: JSON for phones and CouchDB clients, words for people.

A failure that nobody foresaw is told in the log with its trace, and to the user as 500 without one.
"""

from __future__ import annotations

import traceback

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from server.messages import text
from sync.errors import SyncError

JSON_PREFIXES = ("/db", "/sync", "/media", "/static", "/_session")
"""`/_session` too: CouchDB's replicator asks for it at the root of the host, and reads the answer as JSON."""


def register_errors(app: Flask) -> None:
    app.register_error_handler(SyncError, _say_sync_error)
    app.register_error_handler(HTTPException, _say_http_error)
    app.register_error_handler(Exception, _say_unforeseen)


def _say_sync_error(error: SyncError) -> ResponseReturnValue:
    body = {"error": error.error, "reason": error.reason}
    response = jsonify(body if error.hint is None else body | {"hint": error.hint})
    response.status_code = error.status
    if error.is_retryable:
        response.headers["Retry-After"] = "2"
    return response


def _say_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None:  # a redirect of the router
        return error
    if request.path.startswith(JSON_PREFIXES):
        name = (error.name or "error").lower().replace(" ", "_")
        response = jsonify(error=name, reason=error.description or name)
        response.headers.extend(
            {k: v for k, v in error.get_headers(request.environ) if k in {"Allow", "Retry-After"}}
        )
        response.status_code = status
        return response
    key = "error.page.missing" if status == 404 else "error.page.other"
    return Response(f"{text(key, 'zh')}\n{text(key, 'en')}\n", status, mimetype="text/plain")


def _say_unforeseen(error: Exception) -> ResponseReturnValue:
    traceback.print_exception(error)
    if request.path.startswith(JSON_PREFIXES):
        return jsonify(error="internal_server_error", reason="unforeseen"), 500
    key = "error.page.unforeseen"
    return Response(f"{text(key, 'zh')}\n{text(key, 'en')}\n", 500, mimetype="text/plain")
