"""The door: POST /db/logs/_bulk_docs.

What a known device sends for its own log is on disk before it is answered, as an entry or as bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, Request, Response, request

from server.gateway.append import append_opaque, append_rows
from server.gateway.authentication import REVOKED, requesting_device
from server.gateway.errors import answer_errors
from server.gateway.rates import Crowd, Rate
from server.gateway.rows import split_body
from server.identity.devices import Device
from server.identity.instants import instant, later
from server.records.entry import parse_log_id
from server.records.erasure import erased_id
from server.services import Services, current
from sync.errors import BadRequest, Unauthorized
from sync.http.answers import answer
from sync.http.body import read_bytes, require_json_type

ROW_HEADER: Final = "Liandong-Row"
LOGS: Final = "logs"


def create_blueprint() -> Blueprint:
    """Return the blueprint; its one route is more exact than those of the replication layer and wins."""
    blueprint = Blueprint("door", __name__)
    answer_errors(blueprint)
    crowd = Crowd(per_key=4, in_all=24)
    rate = Rate(burst=200, per_s=20)

    @blueprint.post("/db/logs/_bulk_docs", strict_slashes=True)
    def append() -> Response:
        services = current()
        device = requesting_device(services, request, may_be_revoked=True)
        _check_grace(services, device)
        rate.take(device.id)
        with crowd.joined(device.id):
            require_json_type(request)
            body = read_bytes(request, services.settings.body_limit_bytes)
            return answer(_appended(services, device, request, body), 201)

    return blueprint


def _check_grace(services: Services, device: Device) -> None:
    """A revoked device may hand in what it holds for some time. Raises: Unauthorized."""
    days = services.settings.revoked_grace_days
    if device.revoked_at and later(device.revoked_at, days=days) <= instant(services.now()):
        raise Unauthorized(REVOKED)


def _appended(services: Services, device: Device, request: Request, body: bytes) -> list[dict[str, Any]]:
    logs = services.couch.ensure(LOGS)
    alone = request.headers.get(ROW_HEADER)
    try:
        rows = split_body(body, services.settings.batch_limit_rows)
    except BadRequest:
        if alone is None:
            raise
        _check_whole(request, body)
        place = parse_log_id(alone)
        if place is None or place[0] != device.id:
            raise BadRequest(f"{ROW_HEADER} names no entry of this device") from None
        return services.run_blocking(lambda: append_opaque(logs, device.id, alone, body, now=services.now))
    erased = _erased(services)
    return services.run_blocking(
        lambda: append_rows(logs, device.id, rows, body, erased=erased, now=services.now)
    )


def _erased(services: Services) -> Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]:
    """Return who tells what was erased of log documents, by their ids."""

    def of(ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        found = services.couch.ensure("central").get_many([erased_id(each) for each in ids])
        return {doc_id.partition(":")[2]: doc for doc_id, doc in found.items()}

    return of


def _check_whole(request: Request, body: bytes) -> None:
    """Refuse what a broken connection cut short: kept in the log, it would make the whole row a fork.

    The web server hands over what came before the cut as if it were all. Raises: BadRequest.
    """
    is_plain = request.headers.get("Content-Encoding", "identity") == "identity"
    if request.content_length is None or (is_plain and request.content_length != len(body)):
        raise BadRequest("the body is not whole, or does not say how long it is")
