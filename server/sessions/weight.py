"""Every flag there is, and what it adds to a session's weight when spot checks are drawn (DOMAIN 5, rank 2).

A weight is no verdict: chance alone picks sessions of weight 1 too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from server.sessions.outcome import Flag

FLAG_WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "after_due": 0,
        "after_hours": 1,
        "before_start": 1,
        "break_without_end": 0,
        "break_without_start": 0,
        "clock_moved_back": 3,
        "code_far": 5,
        "code_foreign": 4,
        "code_mismatch": 2,
        "code_replay": 4,
        "code_reused": 5,
        "code_secret_lost": 4,
        "confirmation_unvarying": 3,
        "confirmed_unseen": 2,
        "datum_gcj02": 0,
        "datum_unknown": 1,
        "decision_differs": 2,
        "denied": 5,
        "device_changed": 1,
        "device_lost": 3,
        "device_shared": 5,
        "forgotten_again": 1,
        "forgotten_in": 1,
        "forgotten_out": 1,
        "forgotten_pattern": 4,
        "late": 0,
        "late_entry": 2,
        "media_not_received": 2,
        "media_pending": 0,
        "missed_limit": 0,
        "missed_session": 0,
        "no_code": 2,
        "no_fix": 1,
        "no_jitter": 4,
        "no_photo": 2,
        "objection": 0,
        "only_station": 2,
        "operator_reassigned": 1,
        "order_ended_unknown": 1,
        "out_of_fence": 3,
        "over_cap": 0,
        "overlap": 1,
        "photo_duplicate": 5,
        "poor_accuracy": 1,
        "post_decision": 1,
        "same_minute": 2,
        "skew": 2,
        "speed_impossible": 5,
        "stale_fix": 2,
        "station_clock_used": 1,
        "station_suspect": 0,
        "times_differ": 1,
        "two_places": 5,
        "unconfirmed": 1,
    }
)


def weight_of(flags: Iterable[Flag], weights: Mapping[str, int]) -> int:
    """Return the weight of a session with these flags; 1 without any. Each kind of doubt counts once.

    Where the station's own recorded place is suspected, its fence says nothing of a person (row 18).
    """
    codes = {flag.code for flag in flags}
    if "station_suspect" in codes:
        codes -= {"out_of_fence", "code_far"}
    return 1 + sum(weights.get(code, FLAG_WEIGHTS[code]) for code in codes)
