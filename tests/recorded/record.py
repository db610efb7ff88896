"""Record the probes anew: `COUCHDB_URL=http://USER:PASSWORD@HOST:PORT python -m tests.recorded.record`.

Databases named as the themes are deleted there first, and afterwards. Each is made with one shard, so
that the order of its feed is the order of its writes.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tests.recorded.exchange import Place, exchange
from tests.recorded.probe import Probe, Theme, filled, save, themes
from tests.recorded.tokens import Naming, compared


def main(names: list[str]) -> int:
    url = os.environ.get("COUCHDB_URL")
    if not url:
        print("Set COUCHDB_URL to the address of a CouchDB 3.5, with its administrator's name and password.")
        return 2
    place = Place.of_url(url)
    # Wrong passwords are among the probes: the administrator would be locked out by them.
    lockout = "/_node/_local/_config/chttpd_auth_lockout/mode"
    exchange(place, {"method": "PUT", "path": lockout, "json": "off"})
    count = 0
    for theme in themes():
        if not names or theme.name in names:
            recorded = record(theme, place)
            save(recorded)
            count += len(recorded.probes)
    print(f"{count} probes recorded")
    return 0


def record(theme: Theme, place: Place) -> Theme:
    forget(theme, place)
    naming = Naming()
    answers: dict[str, Any] = {}
    probes = []
    for probe in theme.probes:
        naming.heard(json.dumps(probe.request))
        actual = exchange(place, filled(probe.request, answers), _one_shard(probe.request))
        answers[probe.name] = actual.get("json")
        probes.append(Probe(probe.theme, probe.name, probe.request, naming.named(compared(actual))))
    forget(theme, place)
    return Theme(theme.name, theme.about, probes)


def _one_shard(request: dict[str, Any]) -> str:
    path = request["path"].strip("/")
    makes_a_database = request["method"] == "PUT" and "/" not in path and "?" not in path
    return "?q=1" if makes_a_database and request.get("as", "admin") == "admin" else ""


def databases(theme: Theme) -> list[str]:
    """The databases that a theme's own probes make."""
    made = {probe.request["path"] for probe in theme.probes if _one_shard(probe.request)}
    return sorted(path.strip("/") for path in made)


def forget(theme: Theme, place: Place) -> None:
    for name in databases(theme):
        exchange(place, {"method": "DELETE", "path": f"/{name}"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
