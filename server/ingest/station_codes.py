"""Was the code that somebody typed at a station shown there at that time? A doubt, never a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from server.records.entry_shape import parse_time
from server.records.problem import Problem
from server.records.station_code import StationSecret, outcome_of

SecretsOf = Callable[[str], Sequence[StationSecret]]


def code_flags(entry: Mapping[str, Any], secrets_of: SecretsOf, earliest: str) -> list[Problem]:
    """Return the flag for a typed code that the station did not show within a minute of its time.

    The phone's clock is set right by the skew that it knew; the entry's schema is good. `earliest`: before
    this moment the entry was not made, so a code of a secret that was lost by then proves nothing.

    Spec: DOMAIN 4, row 13.
    """
    code = entry["body"].get("code") if entry["type"] == "check_event" else None
    typed_at = parse_time(code["at"]) if code else None
    if code is None or typed_at is None:
        return []
    try:
        shown_at = typed_at - timedelta(milliseconds=entry["clock"]["skew_ms"])
    except OverflowError:  # a clock so wrong that it names no moment at all
        return [Problem("code_mismatch")]
    outcome = outcome_of(
        secrets_of(entry["body"]["station"]), code["value"], shown_at, not_before=parse_time(earliest)
    )
    flags = {"right": [], "lost": [Problem("code_secret_lost")], "wrong": [Problem("code_mismatch")]}
    return flags[outcome]
