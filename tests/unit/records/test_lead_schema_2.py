"""Schema 2 of a lead: literal good and bad bodies, its places, and who reads what of it (DOMAIN 3.8)."""

from __future__ import annotations

import pytest

from server.fold import FoldEntry, fold
from server.records.lead import LEAD, places_of
from server.records.schema import schema_problems
from server.records.views import Audience, RecordFacts
from server.workflows import workflow
from tests.unit.records.bodies import LEAD as LEAD_ID
from tests.unit.records.bodies import TOWNSHIP, VOLUNTEER, entry, good_body, good_lead_2

PHOTO = good_body("lead")["media"][0]
CLIP = {**PHOTO, "type": "video/webm", "duration_s": 30}
FIX = {"kind": "fix", **good_body("lead")["point"]}
STAKE = {"kind": "stake", "grid_no": 189}


def problems(**changes):
    found = schema_problems(LEAD.schemas[2], good_lead_2(**changes))
    return [(problem.field, problem.code) for problem in found]


class TestBody:
    def test_everything_at_once_is_taken(self):
        assert problems() == []

    def test_the_least_is_a_place_in_words_and_a_photo(self):
        least = {
            "domain": "ECO",
            "domain_version": 2024,
            "title": "坝坡被开垦",
            "description": "坝坡外侧约三十米被开垦，种了玉米，雨季有危险。",
            "observed_at": "2026-11-23T13:40:00+08:00",
            "place_text": "险工段下游二百米",
            "urgency": "normal",
            "local_ref": "7F3A-012",
            "source": "volunteer",
            "anonymity": "named",
            "contact_ok": False,
            "media": [PHOTO],
        }

        assert schema_problems(LEAD.schemas[2], least) == []

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"local_ref": None}, [("local_ref", "required")]),
            ({"local_ref": "7f3a-012"}, [("local_ref", "not_valid")]),
            ({"local_ref": "7F3A-12"}, [("local_ref", "not_valid")]),
            ({"source": "neighbour"}, [("source", "not_a_choice")]),
            ({"point": good_body("lead")["point"]}, [("point", "field_unknown")]),
            ({"urgency_criterion": None}, [("urgency_criterion", "required")]),
            ({"urgency_criterion": "rain"}, [("urgency_criterion", "not_a_choice")]),
            ({"urgency": "normal", "urgency_criterion": None}, []),
            ({"harm_est": {}}, [("harm_est.area_mu", "required")]),
            ({"harm_est": {"area_mu": -1}}, [("harm_est.area_mu", "too_small")]),
            ({"harm_est": {"count": 1.5}}, [("harm_est.count", "not_a_number")]),
            ({"suspected_actor": "字" * 201}, [("suspected_actor", "too_long")]),
            ({"agency": " "}, [("agency", "too_short")]),
            ({"anonymity": "secret"}, [("anonymity", "not_a_choice")]),
            ({"contact_ok": "yes"}, [("contact_ok", "not_valid")]),
            ({"related": [LEAD_ID] * 6}, [("related", "too_many")]),
            ({"related": ["pil_case:01jd00000000000000000000a9"]}, [("related.0", "not_valid")]),
            ({"description": "字" * 20_001}, [("description", "too_long")]),
        ],
    )
    def test_members(self, changes, expected):
        assert problems(**changes) == expected

    @pytest.mark.parametrize(
        ("files", "others", "expected"),
        [
            ([PHOTO] * 9 + [CLIP], {}, []),
            ([PHOTO] * 10, {}, [("media", "too_many")]),
            ([CLIP, CLIP], {}, [("media", "one_clip_only")]),
            ([{**CLIP, "duration_s": 30.1}], {}, [("media.0.duration_s", "too_big")]),
            ([{**PHOTO, "type": "video/mp4"}], {}, [("media.0.duration_s", "required")]),
            ([{**CLIP, "type": "video/x-msvideo"}], {}, [("media.0.type", "not_a_choice")]),
            (None, {}, [("no_photo_reason", "photo_or_reason_needed")]),
            (None, {"unsafe_to_photograph": False}, [("no_photo_reason", "photo_or_reason_needed")]),
            (None, {"unsafe_to_photograph": True}, []),
            (None, {"no_photo_reason": "天黑"}, []),
        ],
    )
    def test_nine_photos_and_one_clip_or_a_reason(self, files, others, expected):
        assert problems(media=files, **others) == expected


class TestPlaces:
    @pytest.mark.parametrize(
        ("places", "expected"),
        [
            (None, [("place_text", "place_needed")]),
            ([], [("places", "too_few")]),
            ([STAKE] * 9, []),
            ([STAKE] * 10, [("places", "too_many")]),
            ([{"kind": "stake", "stake_no": "K73+200"}], []),
            ([{"kind": "stake"}], [("places.0.stake_no", "stake_or_cell_needed")]),
            ([{"kind": "stake", "grid_no": 190}], [("places.0.grid_no", "too_big")]),
            ([{"kind": "stake", "grid_no": 0}], [("places.0.grid_no", "too_small")]),
            ([FIX, {**FIX, "lat": 91}], [("places.1.lat", "too_big")]),
            ([{**FIX, "kind": "pin"}], [("places.0.accuracy_m", "field_unknown")]),
            (
                [{"kind": "pin", "lat": 36.7, "lng": 116.8, "datum": "GCJ-02"}],
                [("places.0.datum", "not_a_choice")],
            ),
            ([{"kind": "address"}], [("places.0.kind", "not_a_choice")]),
            ([{"lat": 36.7}], [("places.0.kind", "required")]),
            ([5], [("places.0", "not_an_object")]),
        ],
    )
    def test_each_is_what_its_kind_says(self, places, expected):
        found = dict(problems(places=places))

        assert dict(expected).items() <= found.items()
        assert bool(found) == bool(expected)

    def test_both_schemas_are_read_alike(self):
        assert places_of(good_body("lead")) == (FIX,)
        assert [place["kind"] for place in places_of(good_lead_2())] == ["fix", "pin", "stake"]
        assert places_of({"place_text": "村口"}) == ()

    def test_the_poorest_fix_is_doubted_and_a_pin_never(self):
        body = good_lead_2(places=[FIX, {**FIX, "accuracy_m": 400}, STAKE])

        [doubt] = LEAD.doubts(entry("lead", body, schema=2), {})

        assert (doubt.code, dict(doubt.params)) == ("poor_accuracy", {"accuracy_m": 400})


class TestWhoReadsIt:
    """Neither who is suspected nor what leads to the reporter leaves to anybody else (DOMAIN 3.8, 6)."""

    def view(self, audience):
        body = good_lead_2()
        about = RecordFacts(
            id=LEAD_ID,
            type="lead",
            author=VOLUNTEER,
            role="volunteer",
            at="2026-11-23T14:05:00+08:00",
            body=body,
            received_at="2026-11-23T14:10:00+08:00",
            state=fold(FoldEntry("0a" * 32, fields=body), (), workflow("lead")),
        )
        assert audience in LEAD.audiences(about)
        return LEAD.view(about, audience)

    def test_the_township_reads_places_and_harm_and_no_more(self):
        standing = {"type", "state", "state_at", "received_at", "heads", "next", "media", "history"}

        view = self.view(Audience("township", TOWNSHIP))

        assert set(view) - standing == {
            "domain",
            "domain_version",
            "title",
            "description",
            "observed_at",
            "places",
            "township",
            "urgency",
            "urgency_criterion",
            "harm_est",
        }

    def test_its_author_reads_all_that_was_written(self):
        view = self.view(Audience("member", VOLUNTEER))

        assert {name: view[name] for name in set(good_lead_2()) - {"media"}} == {
            name: value for name, value in good_lead_2().items() if name != "media"
        }
