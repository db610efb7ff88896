"""Codes over HTTP: for a device, whose keys then make a session; for a person at a station's tablet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, request

from server.gateway.authentication import requesting_device, set_session_cookie
from server.gateway.errors import TooManyRequests, answer_errors
from server.gateway.json_body import read_small_object, text_member
from server.gateway.rates import Rate
from server.gateway.state_content import held_roles, tablet_station
from server.identity.devices import Device
from server.identity.enrolment import CodeRefused, KeysRefused
from server.identity.instants import instant
from server.identity.lockout import LockedOut, Lockout
from server.records.limits import MAX_APP_CHARS
from server.services import Services, current
from sync.errors import BadRequest, Forbidden
from sync.http.answers import answer

MOST_LABEL_CHARS = 60
MOST_CODE_CHARS = 40
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

    @blueprint.post("/operator")
    def begin_operator() -> Response:
        services = current()
        tablet = requesting_device(services, request)
        by_address.take(request.remote_addr or "")
        body, address = read_small_object(request), request.remote_addr or ""
        member = services.run_blocking(lambda: _began(services, tablet, body, address))
        person = services.directory.member(member)
        return answer({"member": member, "display_name": person.name if person else ""})

    return blueprint


def _began(services: Services, tablet: Device, body: dict[str, Any], address: str) -> str:
    code = text_member(body, "code", most_chars=MOST_CODE_CHARS)
    with _counting(services, address):
        member = services.enrolment.begin_operator(code, tablet)
    services.audit.append("operator_began", actor=member, about=tablet.id)
    return member


def _enrolled(services: Services, body: dict[str, Any], address: str) -> Device:
    code = text_member(body, "code", most_chars=MOST_CODE_CHARS)
    with _counting(services, address):
        device = services.enrolment.redeem(
            code,
            sign_key=body.get("sign_key"),
            agree_key=body.get("agree_key"),
            label=text_member(body, "label", most_chars=MOST_LABEL_CHARS, default=""),
            app=text_member(body, "app", most_chars=MAX_APP_CHARS, default=""),
        )
    services.audit.append("enrolment", actor=device.member, about=device.id)
    return device


@contextmanager
def _counting(services: Services, address: str) -> Iterator[None]:
    """Count refused codes by address, and answer what a code is refused with."""
    lockout = Lockout(services.directory.accounts, services.key_ring, purpose="enrolment")
    try:
        lockout.check(address=address)
        yield
    except LockedOut as error:
        raise TooManyRequests(error.retry_after_s) from None
    except KeysRefused as error:
        raise BadRequest(KEYS_REFUSED, hint=str(error)) from None
    except CodeRefused:
        _count(lockout, address)
        raise Forbidden(CODE_REFUSED) from None


def _count(lockout: Lockout, address: str) -> None:
    try:
        lockout.attempt(account=None, address=address)
    except LockedOut as error:
        raise TooManyRequests(error.retry_after_s) from None


def _welcome(services: Services, device: Device) -> dict[str, Any]:
    member = services.directory.member(device.member)
    station = tablet_station(services, device)
    return {
        "device": device.id,
        # A shared tablet is nobody's: who acts at it begins by a code of their own.
        "member": device.member if station is None else device.id,
        "display_name": member.name if member and station is None else "",
        "kind": device.kind,
        "roles": held_roles(services, device),
        "server_key": dict(services.server_key.public_jwk),
        "epoch": services.epoch,
        "server_time": instant(services.now()),
    }
