"""What each audience sees of a record: an allow-list, and nothing that names a person (DESIGN 4, "Views")."""

from __future__ import annotations

import json

import pytest

from server.fold import FoldEntry, fold
from server.records.registry import RECORD_TYPES, record_type
from server.records.views import CATALOG, Audience, MediaFact, RecordFacts
from server.workflows import workflow
from tests.unit.records.bodies import (
    CHECK_EVENT,
    CLERK,
    DEVICE,
    LEAD,
    ORDER,
    PARTICIPANT,
    STATION,
    TOWNSHIP,
    VOLUNTEER,
    good_body,
)

RECORD_HASH = "0a" * 32
BODIES = {ORDER: good_body("service_order"), STATION: good_body("station")}


def facts(name: str, *steps: FoldEntry, body=None, **members) -> RecordFacts:
    body = body or good_body(name)
    flow = workflow(name)
    state = fold(FoldEntry(RECORD_HASH, fields=body), steps, flow)
    given = {
        "id": {"lead": LEAD, "check_event": CHECK_EVENT, "station": STATION}.get(name, ORDER),
        "type": name,
        "author": VOLUNTEER,
        "role": "volunteer",
        "at": "2026-11-23T14:05:00+08:00",
        "body": body,
        "received_at": "2026-11-23T14:10:00+08:00",
        "state": state,
        "media": (MediaFact(1, "verified"),) if "media" in body else (),
        "lookup_body": BODIES.get,
        "legal_actions": lambda role: [action.name for action in flow.legal_actions(state, role)],
        **members,
    }
    return RecordFacts(**given)


def step(
    hash_: str, base: str, action: str, to: str | None = None, *, role="intake_clerk", reason=None, **fields
):
    return FoldEntry(
        hash_, (base,), action, to, fields, reason, CLERK, role, f"2026-11-23T15:00:0{len(hash_)}Z"
    )


def views(about: RecordFacts) -> dict[Audience, dict]:
    kind = record_type(about.type)
    return {audience: kind.view(about, audience) for audience in kind.audiences(about)}


ANSWERED = (
    step("s", RECORD_HASH, "register", "registered"),
    step("ss", "s", "return", "returned", note="请补一张近照"),
    step("sss", "ss", "supplement", role="volunteer", note="已补"),
    step("ssss", "sss", "register", "registered"),
    step("sssss", "ssss", "answer", "answered", answer="已责令恢复原状"),
)


class TestLead:
    AUTHOR = Audience("member", VOLUNTEER)
    STAFF = Audience("township", TOWNSHIP)

    def test_it_is_for_its_author_and_for_its_township(self):
        assert set(views(facts("lead"))) == {self.AUTHOR, self.STAFF}

    def test_a_lead_that_a_clerk_took_down_is_in_nobodys_own_feed(self):
        taken_down = facts("lead", author=CLERK, role="intake_clerk", body=good_body("lead", township=None))

        assert views(taken_down) == {}

    def test_its_author_reads_the_state_the_answer_and_what_was_asked(self):
        view = views(facts("lead", *ANSWERED, number="齐检益线〔2026〕57号"))[self.AUTHOR]

        assert (view["state"], view["number"]) == ("answered", "齐检益线〔2026〕57号")
        assert view["answer"] == {"text": "已责令恢复原状", "at": "2026-11-23T15:00:05Z"}
        assert [(row["action"], row.get("text")) for row in view["history"]] == [
            ("register", None),
            ("return", "请补一张近照"),
            ("supplement", "已补"),
            ("register", None),
            ("answer", "已责令恢复原状"),
        ]
        assert (view["state_at"], view["received_at"]) == (
            "2026-11-23T15:00:05Z",
            "2026-11-23T14:10:00+08:00",
        )
        assert (view["heads"], view["next"]) == (["sssss"], ["supplement"])
        assert view["media"] == [{"number": 1, "state": "verified"}]

    def test_the_first_state_began_when_it_was_received(self):
        view = views(facts("lead"))[self.AUTHOR]

        assert (view["state"], view["state_at"]) == ("received", "2026-11-23T14:10:00+08:00")

    def test_while_something_is_undecided_no_state_is_shown_and_nothing_may_be_done(self):
        taken = step("s", RECORD_HASH, "register", "registered")
        asked = step("ss", RECORD_HASH, "return", "returned", note="?")

        view = views(facts("lead", taken, asked))[self.AUTHOR]

        assert (view["state"], view["next"]) == (None, [])

    @pytest.mark.parametrize("audience", [AUTHOR, STAFF])
    def test_what_the_office_only_proposes_is_told_to_nobody_outside(self, audience):
        told = [
            step("s", RECORD_HASH, "register", "registered"),
            step("ss", "s", "assess", "assessing", role="prosecutor"),
            step("sss", "ss", "propose_not_filed", reason="理由", role="prosecutor", not_filed_proposed=True),
        ]

        view = views(facts("lead", *told))[audience]

        assert [row["action"] for row in view["history"]] == ["register", "assess"]

    def test_the_township_reads_no_word_between_reporter_and_centre(self):
        view = views(facts("lead", *ANSWERED))[self.STAFF]

        assert "answer" not in view
        assert all(set(row) == {"action", "at"} for row in view["history"])
        assert view["title"] == "坝坡被开垦种植玉米"


class TestCheckEvent:
    def test_it_is_for_the_participant_of_its_order_and_for_its_station(self):
        found = views(facts("check_event", author=PARTICIPANT, role="participant"))

        assert set(found) == {
            Audience("member", PARTICIPANT),
            Audience("station", STATION.partition(":")[2]),
        }

    def test_the_station_sees_a_code_and_not_whose_it_is(self):
        view = views(facts("check_event"))[Audience("station", STATION.partition(":")[2])]

        assert view["display_code"] == "乙-31"
        assert view["next"] == ["confirm", "question"]
        assert view["order"] == ORDER  # an opaque id, under which the station knows the code
        assert not {"note", "participant", "code"} & set(view)

    def test_the_participant_reads_why_it_was_questioned(self):
        questioned = step("s", RECORD_HASH, "question", "questioned", role="supervisor", reason="当时不在站")

        view = views(facts("check_event", questioned))[Audience("member", PARTICIPANT)]

        assert view["history"] == [{"action": "question", "at": "2026-11-23T15:00:01Z", "text": "当时不在站"}]


class TestReferenceRecords:
    def test_stations_and_code_tables_are_public(self):
        assert set(views(facts("station"))) == {CATALOG}
        assert views(facts("station"))[CATALOG]["version"] == 1
        assert views(facts("code_table"))[CATALOG]["codes"][0]["subtypes"][0]["code"] == "DYKE"

    def test_an_order_is_for_its_participant_and_where_it_is_served(self):
        there = Audience("station", STATION.partition(":")[2])

        assert set(views(facts("service_order"))) == {Audience("member", PARTICIPANT), there}

    def test_the_station_reads_a_code_and_the_task_and_nothing_of_the_case(self):
        view = views(facts("service_order"))[Audience("station", STATION.partition(":")[2])]

        assert set(view) == {
            "display_code", "due_on", "heads", "media", "next", "received_at", "service_types", "start_on",
            "state", "state_at", "type", "verify_level",
        }  # fmt: skip

    @pytest.mark.parametrize("name", ["step", "admission", "backup"])
    def test_what_is_no_record_of_its_own_has_no_audience(self, name):
        assert record_type(name).workflow is None


class TestNoViewNamesAPerson:
    """A view holds no author, device or signature, and of hashes the heads alone (DESIGN 4)."""

    @pytest.mark.parametrize("name", [n for n, kind in RECORD_TYPES.items() if kind.workflow])
    def test_whatever_a_record_holds(self, name):
        secret = {"author": CLERK, "device": DEVICE, "sig": "s" * 86, "hash": "cd" * 32}
        about = facts(name, *(ANSWERED if name == "lead" else ()), body={**good_body(name), **secret})

        for view in views(about).values():
            said = json.dumps({k: v for k, v in view.items() if k != "heads"}, ensure_ascii=False)
            for member in (
                VOLUNTEER,
                CLERK,
                PARTICIPANT,
                DEVICE,
                "s" * 86,
                "cd" * 32,
                "ab" * 32,
                RECORD_HASH,
            ):
                assert member not in said
            assert view["type"] == name
