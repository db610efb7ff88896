"""How many requests to the feeds one session may have open at once: long polls cost a place each."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final

from flask import Flask, Response, g, request

from server.gateway.rates import Crowd
from server.identity.device_sessions import COOKIE

PREFIX: Final = "/db/"
PER_SESSION: Final = 12
"""Twice what a browser opens to one host."""
IN_ALL: Final = 4000


def register_crowding(app: Flask) -> None:
    """Count requests below `/db/` from their first look to their end; what is too many is 429 or 503."""
    crowd = Crowd(per_key=PER_SESSION, in_all=IN_ALL)

    @app.before_request
    def join() -> None:
        token = request.cookies.get(COOKIE)
        if token and request.path.startswith(PREFIX):
            g.place_in_crowd = ExitStack()
            g.place_in_crowd.enter_context(crowd.joined(token))

    @app.after_request
    def hand_over(response: Response) -> Response:
        # An open feed goes on after its request is over for the framework: the answer holds the place.
        place: ExitStack | None = g.pop("place_in_crowd", None)
        if place is not None:
            response.call_on_close(place.close)
        return response

    @app.teardown_request
    def leave(_error: BaseException | None) -> None:
        place: ExitStack | None = g.pop("place_in_crowd", None)
        if place is not None:
            place.close()
