"""The beacon: signed server time. The next entry names its hash, and so was made after it."""

from __future__ import annotations

from typing import Any, Final

import orjson

from server.identity.beacon import beacon_statement
from server.services import Services

HEADER: Final = "Liandong-Beacon"


def new_beacon(services: Services) -> dict[str, Any]:
    """Return `{at, epoch, nonce, hash, sig}`. Spec: DESIGN 2, "Time"."""
    return services.server_key.sealed(beacon_statement(services.key_ring, services.now(), services.epoch))


def beacon_header(beacon: dict[str, Any]) -> str:
    """Return the beacon as a 304 carries it: JSON in ASCII."""
    return orjson.dumps(beacon).decode("ascii")
