"""What a doubt adds to the chance of a spot check, and what it never does (DOMAIN 5, rank 2; 4, c)."""

from __future__ import annotations

from collections import defaultdict

from server.sessions.outcome import Flag
from server.sessions.weight import FLAG_WEIGHTS, weight_of

BY_WEIGHT = {
    0: "after_due break_without_end break_without_start datum_gcj02 late media_pending "
    "missed_limit missed_session objection over_cap station_suspect",
    1: "after_hours before_start datum_unknown device_changed forgotten_again forgotten_in "
    "forgotten_out no_fix operator_reassigned order_ended_unknown overlap poor_accuracy "
    "post_decision station_clock_used times_differ unconfirmed",
    2: "code_mismatch confirmed_unseen decision_differs late_entry media_not_received no_code "
    "no_photo only_station same_minute skew stale_fix",
    3: "clock_moved_back confirmation_unvarying device_lost out_of_fence",
    4: "code_foreign code_replay code_secret_lost forgotten_pattern no_jitter",
    5: "code_far code_reused denied device_shared photo_duplicate speed_impossible two_places",
}


class TestWeight:
    """A weight of one is chance alone."""

    def test_every_flag_has_its_weight(self):
        found = defaultdict(set)
        for code, weight in FLAG_WEIGHTS.items():
            found[weight].add(code)

        assert dict(found) == {weight: set(codes.split()) for weight, codes in BY_WEIGHT.items()}

    def test_each_kind_of_doubt_counts_once(self):
        flags = [Flag("skew", event="e1"), Flag("skew", event="e2"), Flag("no_fix")]

        assert (weight_of([], FLAG_WEIGHTS), weight_of(flags, FLAG_WEIGHTS)) == (1, 4)

    def test_a_suspect_station_takes_its_fence_out_of_account(self):
        flags = [Flag("out_of_fence"), Flag("code_far"), Flag("skew")]

        assert weight_of(flags, FLAG_WEIGHTS) == 11
        assert weight_of([*flags, Flag("station_suspect")], FLAG_WEIGHTS) == 3

    def test_a_county_may_weigh_otherwise(self):
        assert weight_of([Flag("skew")], {"skew": 9}) == 10
