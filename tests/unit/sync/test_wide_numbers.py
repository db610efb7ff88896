"""Whole numbers beyond 64 bits are found among digits that are none, and read exactly."""

from __future__ import annotations

import orjson
import pytest

from sync.http.json_text import _may_be_wide, parse_json

WIDE = "1234567890123456789012"


class TestWideNumbers:
    """PROTOCOL B35, section 1 item 23."""

    @pytest.mark.parametrize(
        "text",
        [WIDE, f"-{WIDE}", f"[{WIDE}]", f"[1,-{WIDE}]", f'{{"n":{WIDE}}}', f'{{"n": {WIDE}}}', f"\n-{WIDE}"],
    )
    def test_each_is_found_wherever_a_number_may_stand(self, text):
        assert _may_be_wide(text.encode())
        assert WIDE in str(parse_json(text.encode(), keys_once=False))

    def test_one_is_found_behind_digits_that_are_none(self):
        text = f'{{"_rev":"1-{"0" * 32}","a":"{"7" * 32}","n":{WIDE}}}'
        assert parse_json(text.encode(), keys_once=False)["n"] == int(WIDE)

    @pytest.mark.parametrize(
        "text",
        [
            f'"{WIDE}"',
            f'"1-{WIDE}"',
            f'"ab{WIDE}"',
            f"0.{WIDE}",
            f"1e-{'0' * 20}1",
            '{"n":123456789012345678}',
            "{}",
        ],
    )
    def test_digits_of_other_things_cost_no_second_reading(self, text):
        assert not _may_be_wide(text.encode())
        assert parse_json(text.encode(), keys_once=False) == orjson.loads(text)
