"""Enrolment over HTTP: a code for a device, its keys for a session."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from server.gateway.authentication import set_session_cookie
from server.gateway.errors import TooManyRequests, answer_errors
from server.gateway.json_body import read_small_object, text_member
from server.gateway.rates import Rate
from server.identity.devices import Device
from server.identity.enrolment import CodeRefused, KeysRefused
from server.identity.instants import instant, now
from server.identity.lockout import LockedOut, Lockout
from server.records.limits import MAX_APP_CHARS
from server.services import Services, current
from sync.errors import BadRequest, Forbidden
from sync.http.answers import answer

MOST_LABEL_CHARS = 60
CODE_REFUSED = "code_refused"
KEYS_REFUSED = "keys_refused"


def create_blueprint() -> Blueprint:
    blueprint = Blueprint("enrol", __name__, url_prefix="/sync")
    answer_errors(blueprint)
    by_address = Rate(burst=1200, per_s=10)

    @blueprint.post("/enrol")
    def enrol() -> Response:
        by_address.take(request.remote_addr or "")
        services, body = current(), read_small_object(request)
        address = request.remote_addr or ""
        device = services.run_blocking(lambda: _enrolled(services, body, address))
        token = services.run_blocking(lambda: services.device_sessions.begin(device))
        response = answer(_welcome(services, device), 201)
        set_session_cookie(response, token)
        return response

    return blueprint


def _enrolled(services: Services, body: dict[str, Any], address: str) -> Device:
    lockout = Lockout(services.directory.accounts, services.key_ring, purpose="enrolment")
    code = text_member(body, "code", most_chars=40)
    try:
        lockout.check(address=address)
        device = services.enrolment.redeem(
            code,
            sign_key=body.get("sign_key"),
            agree_key=body.get("agree_key"),
            label=text_member(body, "label", most_chars=MOST_LABEL_CHARS, default=""),
            app=text_member(body, "app", most_chars=MAX_APP_CHARS, default=""),
        )
    except LockedOut as error:
        raise TooManyRequests(error.retry_after_s) from None
    except KeysRefused as error:
        raise BadRequest(KEYS_REFUSED, hint=str(error)) from None
    except CodeRefused:
        _count(lockout, address)
        raise Forbidden(CODE_REFUSED) from None
    services.audit.append("enrolment", actor=device.member, about=device.id)
    return device


def _count(lockout: Lockout, address: str) -> None:
    try:
        lockout.attempt(account=None, address=address)
    except LockedOut as error:
        raise TooManyRequests(error.retry_after_s) from None


def _welcome(services: Services, device: Device) -> dict[str, Any]:
    member = services.directory.member(device.member)
    held = services.directory.grants_in_force(device.member)
    return {
        "device": device.id,
        "member": device.member,
        "display_name": member.name if member else "",
        "roles": [{"role": grant.role, "scope": grant.scope} for grant in held],
        "server_key": dict(services.server_key.public_jwk),
        "epoch": services.epoch,
        "server_time": instant(now()),
    }
