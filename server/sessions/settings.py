"""Every number that the rules on sessions use, in one table; a county may set each within its limits.

Defaults marked [P] in DOMAIN are proposals. The version names the rules and what a county changed, and stands
on every entry of the ledger.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import cache, cached_property
from typing import Any, Final

from server.sessions.weight import FLAG_WEIGHTS

RULES: Final = "2026.1"
"""Raised when a rule in this package changes; a changed number changes the version by itself."""


FORM: Final = "3.2"
"""Of numbers that a form begins with: no rule reckons by them, and they make no other version."""


class SettingOutOfRange(ValueError):
    """A county's value cannot be; the text says which setting and what it takes."""


def _number(default: int, help_text: str, *, least: int = 0, most: int = 100_000, row: str = "3.0") -> Any:
    return field(default=default, metadata={"help": help_text, "least": least, "most": most, "row": row})


@dataclass(frozen=True, kw_only=True)
class SessionSettings:
    """Units are in the names; `row` in the metadata is DOMAIN's section or row of section 4."""

    required_min: int = _number(
        1800, "What the form of a new order begins with.", least=600, most=3600, row=FORM
    )
    daily_cap_min: int = _number(360, "Most minutes credited for one day.", least=60, most=480)
    hard_daily_cap_min: int = _number(480, "What no order's own daily cap exceeds.", least=60, most=480)
    weekly_cap_min: int = _number(1200, "Most minutes credited for one week.", least=60, most=2400)
    consented_weekly_cap_min: int = _number(
        2400, "Most minutes a week with the participant's written consent.", least=60, most=2400
    )
    minimum_session_min: int = _number(60, "A shorter session is not credited.", most=240)
    free_break_min: int = _number(30, "Breaks of a session up to this are not deducted.", most=120)
    rounding_min: int = _number(15, "Credited minutes are rounded down to this.", least=1, most=60)
    late_after_min: int = _number(15, "Minutes after a slot's start that count as late.", most=120)
    standdown_min: int = _number(60, "Credited when bad weather ends the service.", most=240)
    missed_limit: int = _number(2, "Missed sessions without excuse that call for a review.", least=1, most=20)

    pair_within_min: int = _number(30, "Two records of one check-in lie no further apart.", most=120, row="5")
    attach_within_min: int = _number(
        120, "Two records of one check-in that differ by more are two check-ins.", most=480, row="5"
    )
    confirm_tolerance_min: int = _number(
        15, "The participant's time stands when the station's is this near.", most=60, row="5"
    )
    confirm_within_days: int = _number(3, "Working days to confirm a session.", least=1, most=30, row="7")
    dispute_within_days: int = _number(5, "Working days to settle a dispute.", least=1, most=30, row="8")
    forgotten_pattern: int = _number(3, "Forgotten check-outs that are a pattern.", least=2, most=20, row="9")

    clock_agree_s: int = _number(120, "Two readings of a clock agree within this.", least=1, row="11")
    clock_uncorrectable_s: int = _number(300, "A larger doubt about a time is flagged.", least=1, row="11")

    code_periods: int = _number(1, "Periods before and after that a code is good for.", most=10, row="13")
    code_stale_periods: int = _number(120, "Periods back in which an old code is looked for.", row="13")
    code_far_m: int = _number(1000, "A right code from further away was passed on.", row="13")

    fence_default_m: int = _number(200, "Fence of a station that names none.", least=10, most=5000, row="18")
    poor_accuracy_m: int = _number(150, "A position no better than this proves nothing.", least=10)
    old_version_days: int = _number(7, "Days that a moved station's old place is good for.", row="18")
    suspect_share_percent: int = _number(
        50, "Share out of fence at which the station's own place is suspected.", least=1, most=100, row="18"
    )
    suspect_events: int = _number(5, "Events that such a suspicion needs at least.", least=1, row="18")
    stale_fix_s: int = _number(120, "A position older than this at the event is stale.", least=1, row="3.4")
    jitter_samples: int = _number(3, "Samples that are all alike are suspect.", least=2, most=5, row="3.4")
    speed_limit_kmh: int = _number(120, "Nobody travels faster between two events.", least=10, row="3.4")
    speed_least_m: int = _number(1000, "Shorter ways say nothing about speed.", row="3.4")

    late_entry_days: int = _number(7, "Days after which an entry comes too late.", least=1, row="3.4")
    media_chase_days: int = _number(7, "Days that a missing photo is asked for.", least=1, row="25")
    variance_sessions: int = _number(20, "Confirmations that show a habit.", least=2, row="5")
    variance_s: int = _number(60, "Confirmations all this near to one delay do not vary.", row="5")
    same_minute_sessions: int = _number(8, "Check-ins at one minute that are a pattern.", least=2, row="5")
    spot_check_percent: int = _number(5, "Share of the expected that is looked at.", least=1, most=50)
    spot_check_most: int = _number(10, "Most spot checks of one day.", least=1, most=100)
    review_weight: int = _number(
        6, "Doubts that weigh this much are looked at before anything is credited.", least=2, row="5"
    )
    flag_weights: Mapping[str, int] = field(
        default_factory=lambda: FLAG_WEIGHTS,
        metadata={"help": "How much each doubt adds to the chance of a spot check.", "row": "5"},
    )

    def __post_init__(self) -> None:
        if self.flag_weights.keys() - FLAG_WEIGHTS.keys():
            raise SettingOutOfRange("flag_weights: there is no such flag")
        for each in _numbers():
            value, least, most = getattr(self, each.name), each.metadata["least"], each.metadata["most"]
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise SettingOutOfRange(f"{each.name}: {value!r}; {least} to {most} is wanted")

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Return every number by its name, for whoever asks for one by name."""
        return {each.name: getattr(self, each.name) for each in _numbers()}

    @cached_property
    def version(self) -> str:
        """Return what the ledger names as its basis: the rules, and a mark of what the county changed."""
        rules = [each for each in _numbers() if each.metadata["row"] != FORM]
        changed = {f.name: getattr(self, f.name) for f in rules if getattr(self, f.name) != f.default}
        changed |= {
            name: weight for name, weight in self.flag_weights.items() if weight != FLAG_WEIGHTS[name]
        }
        if not changed:
            return RULES
        return f"{RULES}+{hashlib.sha256(json.dumps(changed, sort_keys=True).encode()).hexdigest()[:8]}"


@cache
def _numbers() -> tuple[Field[Any], ...]:
    return tuple(each for each in fields(SessionSettings) if "least" in each.metadata)


def settings_of(county: Mapping[str, Any]) -> SessionSettings:
    """Return the table with a county's values. Raises: SettingOutOfRange."""
    unknown = county.keys() - {each.name for each in fields(SessionSettings)}
    if unknown:
        raise SettingOutOfRange(f"no such setting: {', '.join(sorted(unknown))}")
    return SessionSettings(**county)
