"""A feature's blueprint: with the gate before every route and its failures said in words."""

from __future__ import annotations

from flask import Blueprint

from server.console.failures import register_failures
from server.console.gate import keep_private, open_gate


def feature(name: str) -> Blueprint:
    """Return the blueprint on which a feature puts its routes."""
    blueprint = Blueprint(name, __name__)
    blueprint.before_request(open_gate)
    blueprint.after_request(keep_private)
    register_failures(blueprint)
    return blueprint
