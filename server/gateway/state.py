"""GET /sync/state: everything a phone needs to decide what to do, in one small request that can wait."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any, Final

import orjson
from flask import Blueprint, Response, request

from server.gateway.authentication import requesting_device
from server.gateway.beacon import HEADER, beacon_header, new_beacon
from server.gateway.errors import answer_errors
from server.gateway.feeds import granted_feeds
from server.gateway.rates import Crowd, Rate
from server.gateway.state_content import state_content
from server.identity.accounts import DATABASE as ACCOUNTS
from server.identity.devices import Device
from server.services import Services, current
from sync.http.answers import answer

LONGEST_WAIT_S: Final = 30.0
GAP_S: Final = 0.05
GAP_EACH_S: Final = 0.002
"""Between two looks of one waiter: so much, and so much more for each one waiting, so that a thousand
phones waiting for one busy ingest leave the server time for other work."""

CENTRAL: Final = "central"
READ_MODEL: Final = "readmodel"

State = dict[str, Any]


def create_blueprint() -> Blueprint:
    blueprint = Blueprint("state", __name__)
    answer_errors(blueprint)
    waiting = Crowd(per_key=4, in_all=4000)
    rate = Rate(burst=60, per_s=5)

    @blueprint.get("/sync/state")
    def show() -> Response:
        services = current()
        device = requesting_device(services, request, may_be_revoked=True)
        rate.take(device.id)
        since = request.args.get("verdicts_since") or None
        wait_s = min(request.args.get("wait", 0.0, type=float), LONGEST_WAIT_S)
        look = _look(services, device.id, since)
        state = look()
        etag = request.if_none_match
        if wait_s > 0 and (not etag or etag.contains(_etag(state))):
            with waiting.joined(device.id):
                state = _changed(services, device, state, look, wait_s, waiting) or state
        return _answer(services, state)

    return blueprint


def _look(services: Services, device_id: str, since: str | None) -> Callable[[], State]:
    """Return what reads the state as it is now, revocation included."""

    def look() -> State:
        device = services.directory.device_at_once(device_id)
        assert device is not None, "devices are revoked, never removed"
        return state_content(services, device, since)

    return lambda: services.run_blocking(look)


def _changed(
    services: Services, device: Device, seen: State, look: Callable[[], State], wait_s: float, waiting: Crowd
) -> State | None:
    """Return the state when it is another than the one seen; None when time is up."""
    looked_at_s = time.monotonic()

    def check() -> State | None:
        nonlocal looked_at_s
        gap_s = GAP_S + GAP_EACH_S * waiting.size
        time.sleep(max(0.0, looked_at_s + gap_s - time.monotonic()))
        looked_at_s = time.monotonic()
        state = look()
        return state if state != seen else None

    names = {CENTRAL, ACCOUNTS, READ_MODEL, *granted_feeds(services, device)}
    return services.waiter.wait_until(check, names=names, timeout_s=wait_s)


def _answer(services: Services, state: State) -> Response:
    beacon, etag = new_beacon(services), _etag(state)
    if request.if_none_match.contains(etag):
        response = Response(status=304, headers={HEADER: beacon_header(beacon)})
    else:
        response = answer({**state, "beacon": beacon})
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-store"
    return response


def _etag(state: State) -> str:
    """Return a name for the state without the beacon, which differs each time."""
    return hashlib.sha256(orjson.dumps(state, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
