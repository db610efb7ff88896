"""Sign-in of devices by their key, and sign-out."""

from __future__ import annotations

from flask import Blueprint, Response, request

from server.gateway.authentication import clear_session_cookie, set_session_cookie
from server.gateway.errors import answer_errors
from server.gateway.json_body import read_small_object, text_member
from server.gateway.rates import Rate
from server.identity.device_sessions import COOKIE, SignInRefused
from server.services import current
from sync.errors import Unauthorized
from sync.http.answers import answer

REFUSED = "sign_in_refused"


def create_blueprint() -> Blueprint:
    blueprint = Blueprint("session", __name__, url_prefix="/sync")
    answer_errors(blueprint)
    # A township's phones may share one address; one device alone has no need of many.
    by_address = Rate(burst=2400, per_s=40)
    by_device = Rate(burst=20, per_s=0.5)

    def take(device: str) -> None:
        address = request.remote_addr or ""
        by_address.take(address)
        by_device.take(f"{address} {device}")  # with the address: nobody can shut out another's device

    @blueprint.post("/challenge")
    def challenge() -> Response:
        body = read_small_object(request)
        device = text_member(body, "device", most_chars=64)
        take(device)
        return answer({"challenge": current().device_sessions.challenge(device)})

    @blueprint.post("/session")
    def sign_in() -> Response:
        services, body = current(), read_small_object(request)
        device = text_member(body, "device", most_chars=64)
        given = text_member(body, "challenge", most_chars=200)
        signature = text_member(body, "sig", most_chars=200)
        take(device)
        sessions = services.device_sessions
        try:
            token = services.run_blocking(lambda: sessions.sign_in(device, given, signature))
        except SignInRefused:
            raise Unauthorized(REFUSED) from None
        response = answer({"device": device})
        set_session_cookie(response, token)
        return response

    @blueprint.delete("/session")
    def sign_out() -> Response:
        services, token = current(), request.cookies.get(COOKIE)
        services.run_blocking(lambda: services.device_sessions.sign_out(token))
        response = Response(status=204)
        clear_session_cookie(response)
        return response

    return blueprint
