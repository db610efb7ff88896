"""What each type's schema takes and what it says of the rest (ARCHITECTURE, "Record types")."""

from __future__ import annotations

import pytest

from server.records.registry import RECORD_TYPES, record_type
from server.records.schema import schema_problems
from tests.unit.records.bodies import FIX, entry, good_body


def problems(record_type_name: str, **changes):
    schema = record_type(record_type_name).schemas[1]
    found = schema_problems(schema, good_body(record_type_name, **changes))
    return [(problem.field, problem.code) for problem in found]


class TestEveryType:
    @pytest.mark.parametrize("name", RECORD_TYPES)
    def test_a_good_body_is_taken(self, name):
        assert problems(name) == []

    @pytest.mark.parametrize("name", RECORD_TYPES)
    def test_a_member_that_the_schema_does_not_name_is_refused(self, name):
        assert problems(name, is_admin=True) == [("is_admin", "field_unknown")]

    @pytest.mark.parametrize("name", RECORD_TYPES)
    def test_each_required_member_is_missed(self, name):
        schema = record_type(name).schemas[1]
        for field_name, field in schema.fields.items():
            if field.required:
                key = field.data_key or field_name
                body = good_body(name)
                del body[key]
                assert (key, "required") in [(p.field, p.code) for p in schema_problems(schema, body)]

    @pytest.mark.parametrize("body", [None, [], "text", 5, True])
    def test_what_is_no_object_is_refused_and_nothing_raises(self, body):
        assert [p.code for p in schema_problems(record_type("lead").schemas[1], body)] == ["not_an_object"]

    def test_a_type_that_this_build_does_not_know_is_none(self):
        assert record_type("unheard_of") is None

    def test_a_schema_that_this_build_does_not_know_is_no_problem_but_unknown(self):
        assert record_type("lead").problems(entry("lead", schema=3), {}) is None

    def test_what_is_wrong_is_said_by_name_and_then_one_by_one(self):
        body = good_body("lead", title="", township="12")

        found = record_type("lead").problems(entry("lead", body), {})

        assert [p.code for p in found] == ["fields_wrong", "required", "not_valid"]
        assert found[0].params == {"names": ["title", "township"]}


class TestLead:
    """DOMAIN 3.8."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"title": "字" * 60}, []),
            ({"title": "字" * 61}, [("title", "too_long")]),
            ({"title": "🌽" * 60}, []),
            ({"title": " \u3000\n"}, [("title", "required")]),
            ({"title": 5}, [("title", "not_text")]),
            ({"description": "字" * 19 + " " * 5}, [("description", "too_short")]),
            ({"description": "字" * 20}, []),
            ({"description": "字" * 2001}, [("description", "too_long")]),
            ({"urgency": "very"}, [("urgency", "not_a_choice")]),
            ({"domain_version": 1.5}, [("domain_version", "not_a_number")]),
            ({"domain_version": "2024"}, [("domain_version", "not_a_number")]),
            ({"domain_version": True}, [("domain_version", "not_a_number")]),
            ({"observed_at": "yesterday"}, [("observed_at", "not_a_time")]),
            ({"observed_at": "2026-11-23 13:40"}, [("observed_at", "not_a_time")]),
            ({"township": "٣٧١٤٢٥١٠٤"}, [("township", "not_valid")]),
            ({"point": None}, [("place_text", "place_needed")]),
            ({"point": None, "place_text": "网格073"}, []),
            ({"media": []}, [("no_photo_reason", "photo_or_reason_needed")]),
            ({"media": None}, [("no_photo_reason", "photo_or_reason_needed")]),
            ({"media": [], "no_photo_reason": "不安全"}, []),
            ({"media": good_body("lead")["media"] * 10}, [("media", "too_many")]),
            ({"media": "photo"}, [("media", "not_a_list")]),
            ({"media": [5]}, [("media.0", "not_an_object")]),
            ({"subtype": "DYKE"}, []),
        ],
    )
    def test_limits(self, changes, expected):
        assert problems("lead", **changes) == expected

    @pytest.mark.parametrize(
        ("member", "value", "code"),
        [
            ("lat", 90.1, "too_big"),
            ("lng", -180.1, "too_small"),
            ("lat", "36.7", "not_a_number"),
            ("lat", None, "required"),
            ("accuracy_m", -1, "too_small"),
            ("datum", "GCJ-02", "not_a_choice"),
            ("speed", 3, "field_unknown"),
        ],
    )
    def test_a_point_is_a_position_on_earth_in_a_known_datum(self, member, value, code):
        point = {**good_body("lead")["point"], member: value}

        assert problems("lead", point=point) == [(f"point.{member}", code)]

    @pytest.mark.parametrize(
        ("member", "value", "code"),
        [
            ("sha256", "AB" * 32, "not_valid"),
            ("size", 0, "too_small"),
            ("type", "image/svg+xml", "not_a_choice"),
            ("taken_at", 5, "not_text"),
        ],
    )
    def test_a_photo_is_named_by_hash_size_type_and_time(self, member, value, code):
        photo = {**good_body("lead")["media"][0], member: value}

        assert problems("lead", media=[photo]) == [(f"media.0.{member}", code)]

    def test_doubts_are_flags(self):
        body = good_body("lead", observed_at="2026-11-23T15:00:00+08:00")
        body["point"]["accuracy_m"] = 150.5

        doubts = record_type("lead").doubts(entry("lead", body), {})

        assert [(d.code, dict(d.params)) for d in doubts] == [
            ("observed_later", {}),
            ("poor_accuracy", {"accuracy_m": 150.5}),
        ]


LATE = {"kind": "late_entry", "reason": "手机没电", "witness": "老周"}
CLAIM = {"in_at": "2026-11-23T14:05:00+08:00", "out_at": "2026-11-23T17:32:00+08:00"}


class TestCheckEvent:
    """DOMAIN 3.4."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"kind": "arrived"}, [("kind", "not_a_choice")]),
            ({"order": "station:01jd00000000000000000000b1"}, [("order", "not_valid")]),
            ({"code": {"value": "42917", "at": "2026-11-23T14:02:00+08:00"}}, [("code.value", "not_valid")]),
            ({"code": None, "note": None}, []),
            ({"note": "字" * 201}, [("note", "too_long")]),
        ],
    )
    def test_limits(self, changes, expected):
        assert problems("check_event", **changes) == expected

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            (
                {"kind": "late_entry"},
                [("claim", "required"), ("reason", "required"), ("witness", "required")],
            ),
            ({**LATE, "claim": CLAIM}, []),
            ({**LATE, "claim": {**CLAIM, "out_at": CLAIM["in_at"]}}, []),
            (
                {**LATE, "claim": {**CLAIM, "in_at": "2026-11-23T17:33:00+08:00"}},
                [("claim.out_at", "out_before_in")],
            ),
            ({"kind": "sheet_line", "claim": CLAIM}, [("sheet", "required"), ("media", "required")]),
            ({"kind": "sup_deny"}, [("reason", "required")]),
            ({"kind": "sup_confirm", "about": "ab12cd", "rating": 5, "task_done": True}, []),
            ({"kind": "sup_confirm", "about": "ab12c"}, [("about", "not_valid")]),
            ({"kind": "in", "about": "ab12cd"}, [("about", "not_for_kind")]),
            ({"kind": "out", "claim": CLAIM}, [("claim", "not_for_kind")]),
            ({"kind": "note", "note": None}, [("note", "required")]),
        ],
    )
    def test_each_kind_asks_for_its_own(self, changes, expected):
        assert problems("check_event", **changes) == expected

    @pytest.mark.parametrize(
        ("kind", "role", "is_refused"),
        [
            ("in", "participant", False),
            ("in", "supervisor", False),
            ("sup_confirm", "supervisor", False),
            ("sup_confirm", "participant", True),
            ("sup_deny", "prosecutor", True),
            ("late_entry", "supervisor", True),
            ("late_entry", "township_staff", False),
            ("late_entry", "prosecutor", False),
            ("in", "prosecutor", True),
        ],
    )
    def test_each_kind_has_its_writers(self, kind, role, is_refused):
        words = {
            "sup_deny": {"reason": "没来"},
            "late_entry": {"claim": CLAIM, "reason": "补", "witness": "周"},
        }
        body = good_body("check_event", kind=kind, **words.get(kind, {}))

        found = record_type("check_event").problems(entry("check_event", body, role=role), {})

        assert [p.code for p in found] == (["kind_not_yours"] if is_refused else [])

    def test_a_station_is_not_asked_where_it_is(self):
        event = entry("check_event", role="supervisor")

        assert record_type("check_event").doubts(event, {}) == []

    def test_order_and_station_must_be_there_first(self):
        body = good_body("check_event")

        assert list(record_type("check_event").references(body)) == [body["order"], body["station"]]

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({}, []),
            ({"samples": []}, ["fields_wrong", "too_few"]),
            ({"samples": FIX["samples"] * 6}, ["fields_wrong", "too_many"]),
            ({"datum": "GCJ-02"}, []),
            ({"datum": "BD-09"}, ["fields_wrong", "not_a_choice"]),
        ],
    )
    def test_the_fix_beside_it_has_a_schema_too(self, change, expected):
        event = entry("check_event", parts={"fix": "ab" * 32})
        parts = {"fix": {"salt": "s", "value": {**FIX, **change}}}

        assert [p.code for p in record_type("check_event").problems(event, parts)] == expected

    def test_a_part_of_another_name_is_refused(self):
        event = entry("check_event", parts={"diary": "ab" * 32})

        assert [p.code for p in record_type("check_event").problems(event, {})] == [
            "fields_wrong",
            "part_unknown",
        ]

    def test_no_position_is_a_flag_and_no_refusal(self):
        assert [d.code for d in record_type("check_event").doubts(entry("check_event"), {})] == ["no_fix"]


class TestDesk:
    def test_an_order_is_due_after_it_starts(self):
        assert problems("service_order", due_on="2026-10-31") == [("due_on", "due_before_start")]

    def test_a_day_is_a_day_of_the_calendar(self):
        assert problems("service_order", due_on="2026-02-30") == [("due_on", "not_a_date")]

    @pytest.mark.parametrize("minutes", [599, 3601])
    def test_required_time_is_between_ten_and_sixty_hours(self, minutes):
        assert problems("service_order", required_min=minutes)[0][0] == "required_min"

    def test_the_name_of_a_table_is_one_of_two(self):
        assert problems("code_table", table="colours") == [("table", "not_a_choice")]

    def test_a_step_names_at_least_one_base(self):
        assert problems("step", base=[]) == [("base", "too_few")]
        assert problems("step", fields=[]) == [("fields", "not_an_object")]
