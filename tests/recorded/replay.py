"""Play a theme's probes to our server and say of each where it differs from what was recorded."""

from __future__ import annotations

from typing import Any

from tests.recorded.exchange import Place, exchange
from tests.recorded.probe import Probe, Theme, filled
from tests.recorded.tokens import Binding, compared, differing


def replay(theme: Theme, place: Place) -> dict[str, str]:
    """Return the differences by probe: `<our status> <where>`; a probe that agrees is not among them."""
    binding = Binding()
    answers: dict[str, Any] = {}
    found = {}
    for probe in theme.probes:
        actual = exchange(place, filled(probe.request, answers))
        answers[probe.name] = actual.get("json")
        if difference := difference_of(probe, actual, binding):
            found[probe.id] = difference
    return found


def difference_of(probe: Probe, actual: dict[str, Any], binding: Binding) -> str | None:
    expected = probe.answer
    status, error = actual["status"], actual.get("json")
    if status != expected["status"]:
        named = error.get("error", "") if isinstance(error, dict) else ""
        return f"{status} {named}".strip()
    places = differing(
        {name: value for name, value in expected.items() if name != "status"},
        {name: value for name, value in compared(actual).items() if name != "status"},
        binding,
    )
    return f"{status} {', '.join(places)}" if places else None
