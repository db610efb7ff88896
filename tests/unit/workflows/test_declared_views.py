"""Views that workflows' files declare: allow-lists, whose mistakes stop the program (DESIGN 4, "Views")."""

from __future__ import annotations

import pytest

from server.records.registry import record_type
from server.workflows import workflow, workflow_names
from server.workflows.declaration_error import DeclarationError
from server.workflows.declarations import parsed

RECORD = {
    "written_by": ["prosecutor"],
    "about": {"stations": ["station"], "members": ["person"]},
    "fields": {
        "station": {"kind": "reference", "of": "station", "required": True},
        "person": {"kind": "member"},
        "text": {"kind": "text", "max_length": 9},
    },
}
GOOD = {
    "initial": "open",
    "states": ["open", "done"],
    "record": RECORD,
    "actions": {
        "finish": {
            "from": ["open"],
            "to": "done",
            "by": ["prosecutor"],
            "fields": {"result": {"kind": "text", "max_length": 9}},
        }
    },
}


def declared(audience: str, **view):
    return parsed("bench", {**GOOD, "views": {audience: view}}).views


class TestDeclaration:
    def test_what_is_written_is_what_is_shown(self):
        (view,) = declared(
            "station", states=["open"], fields=["text", "result"], history={"finish": "result"}
        )

        assert (view.audience, view.fields, view.role) == ("station", ("text", "result"), "supervisor")
        assert (view.states, view.history) == ({"open"}, {"finish": "result"})

    @pytest.mark.parametrize(
        ("audience", "view", "said"),
        [
            ("king", {}, "unknown audience 'king'"),
            ("station", {"colour": 1}, "unknown member 'colour'"),
            ("station", {"states": ["gone"]}, "unknown state 'gone'"),
            ("station", {"fields": ["gone"]}, "unknown field 'gone'"),
            ("station", {"fields": ["person"]}, "'person' names a person"),
            ("station", {"of": {"text": ["name"]}}, "unknown reference 'text'"),
            ("station", {"history": {"gone": "reason"}}, "unknown action 'gone'"),
            ("station", {"history": {"finish": "gone"}}, "unknown field 'gone'"),
            ("station", {"due": ["gone"]}, "unknown clock 'gone'"),
            ("township", {"fields": ["text"]}, "names nobody whom this view is for"),
        ],
    )
    def test_what_cannot_be_is_named(self, audience, view, said):
        with pytest.raises(DeclarationError, match=said):
            declared(audience, **view)

    def test_a_record_has_one_view_for_members_for_all_of_them_read_one_feed(self):
        with pytest.raises(DeclarationError, match="one view is for members"):
            parsed("bench", {**GOOD, "views": {"participant": {}, "team": {}}})

    def test_only_a_declared_record_has_declared_views(self):
        bare = {name: value for name, value in GOOD.items() if name != "record"}

        with pytest.raises(DeclarationError, match="only a declared"):
            parsed("bench", {**bare, "views": {"catalog": {}}})


STATION_NEVER = {
    "participant",
    "charge_code",
    "case_no",
    "order_no",
    "prosecutor",
    "person",
    "name",
    "reason",
}


class TestHouse:
    """DOMAIN 6: what no station and no catalog may ever hold, whatever a file says."""

    @pytest.mark.parametrize("name", workflow_names())
    def test_no_station_is_shown_who_it_is_or_the_case(self, name):
        for view in workflow(name).views:
            if view.audience == "station":
                shown = {*view.fields, *(each for names in view.of.values() for each in names)}
                assert shown & STATION_NEVER <= ({"reason"} if name == "stand_down" else set())

    @pytest.mark.parametrize("name", workflow_names())
    def test_members_of_other_records_are_codes_alone_and_titles_of_public_things(self, name):
        public = {"campaign_cell": {"title", "instruction"}, "meeting_resolution": {"title"}}
        for view in workflow(name).views:
            shown = {each for names in view.of.values() for each in names}
            assert shown <= public.get(name, {"display_code"})

    @pytest.mark.parametrize(
        ("name", "audiences"),
        [
            ("slot", {"participant", "station"}),
            ("service_session", {"participant"}),
            ("evaluation", {"participant", "station"}),
            ("blank_sheet", {"station"}),
            ("stand_down", {"station"}),
            ("operator_reassignment", set()),
            ("notice", {"catalog"}),
        ],
    )
    def test_who_is_shown_what(self, name, audiences):
        assert {view.audience for view in workflow(name).views} == audiences
        assert record_type(name) is not None
