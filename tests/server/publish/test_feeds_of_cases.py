"""Who holds what of a case: agency, team, volunteer, each their own alone (DOMAIN 6)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.support.entries import CentreInTest

REPORT = "坝坡被开垦种植玉米的地方在下游二百米，附近有一处看护棚。"


def said(feed: dict[str, Any]) -> str:
    return orjson.dumps(feed).decode()


class County:
    """A lead of a volunteer, its case, and a rectification for each of two agencies."""

    def __init__(self, centre: CentreInTest) -> None:
        self.centre = centre
        self.prosecutor = centre.member(("prosecutor", "county"))
        self.colleague = centre.member(("prosecutor", "county"))
        self.volunteer = centre.phone()
        self.lead = self.volunteer.lead(description=REPORT)
        centre.send(self.lead)
        centre.work()
        self.lead_id = self.lead["entry"]["id"]
        self.units = [self.desk("unit", {"name": name}) for name in ("黄河河务局", "水利局")]
        self.case = self.desk("pil_case", {
            "title": "坝坡开垦案", "case_kind": "administrative", "case_no": "齐检行公立〔2026〕9号",
            "leads": [self.lead_id], "handlers": [self.prosecutor], "filed_on": "2026-11-02",
        })  # fmt: skip
        self.rectifications = [
            self.desk("rectification", {
                "case": self.case, "unit": unit, "instrument": "recommendation", "title": f"整改之{number}",
                "demands": ["清除作物并恢复坝坡"], "reply_within": "two_months", "decided_on": "2026-11-03",
            })
            for number, unit in enumerate(self.units, start=1)
        ]  # fmt: skip
        centre.work()

    def desk(self, type_: str, body: dict[str, Any], author: str = "", role: str = "prosecutor") -> str:
        return self.centre.desk(type_, body, author=author or self.prosecutor, role=role).id

    def step(self, record: str, action: str, to: str, **fields: Any) -> None:
        row = self.centre.services.readmodel.record(record)
        assert row is not None
        body = {"record": record, "base": list(row.state.heads), "action": action, "to": to}
        self.desk("step", {**body, "fields": fields})
        self.centre.work()

    def unit_feed(self, number: int) -> dict[str, Any]:
        return self.centre.feed(f"unit-{self.units[number].partition(':')[2]}")


@pytest.fixture
def county(centre: CentreInTest) -> County:
    return County(centre)


class TestAgency:
    def test_it_holds_its_own_rectification_and_nothing_of_the_lead(self, county: County) -> None:
        first, second = (said(county.unit_feed(number)) for number in (0, 1))

        assert county.rectifications[0] in first
        assert county.rectifications[1] not in first
        assert county.rectifications[1] in second
        hidden = [REPORT, county.lead_id, county.volunteer.member, county.prosecutor, county.case]
        assert [each for each in hidden if each in first + second] == []

    def test_its_measure_is_its_own_and_goes_to_nobody_elses(self, county: County) -> None:
        liaison = county.centre.member(("agency_liaison", county.units[0]))
        body = {
            "rectification": county.rectifications[0], "what": "铲除玉米，回填压实", "who": "养护科",
            "due_on": "2026-12-01",
        }  # fmt: skip
        measure = county.desk("rectification_measure", body, liaison, "agency_liaison")
        county.centre.work()

        assert measure in county.unit_feed(0)
        assert measure not in county.unit_feed(1)

    def test_a_measure_in_anothers_rectification_is_outside_their_scope(self, county: County) -> None:
        liaison = county.centre.member(("agency_liaison", county.units[1]))
        body = {
            "rectification": county.rectifications[0], "what": "铲除玉米", "who": "工程科",
            "due_on": "2026-12-01",
        }  # fmt: skip
        written = county.centre.desk("rectification_measure", body, author=liaison, role="agency_liaison")
        county.centre.work()

        refused = county.centre.central(f"entry:{written.device}:{written.entry:010}")
        assert refused is not None
        assert refused["receipts"][-1]["reasons"][0]["code"] == "outside_scope"


class TestTeam:
    def test_a_visit_leaves_the_teams_phones_when_it_is_sealed(self, county: County) -> None:
        visit = county.desk("site_visit", {
            "title": "联合勘查", "nature": "investigation", "about": county.case, "planned_on": "2026-11-20",
            "place_text": "南坦险工下游", "team": [county.colleague],
        })  # fmt: skip
        county.centre.work()
        assert visit in county.centre.member_feed(county.colleague)
        assert visit not in county.centre.member_feed(county.prosecutor)

        county.step(visit, "begin_visit", "in_field", started_at="2026-11-20T09:00:00+08:00")
        county.step(visit, "upload", "uploaded", ended_at="2026-11-20T11:00:00+08:00")
        county.step(visit, "seal_as_preliminary", "sealed", manifest_hash="0" * 64, sealed_as="preliminary")

        assert visit not in county.centre.member_feed(county.colleague)


class TestVolunteer:
    def test_a_cell_goes_to_whom_it_was_given_and_the_inspection_to_all_once_it_is_open(
        self, county: County
    ) -> None:
        campaign = county.desk("campaign", {
            "title": "堤防全面排查", "domain": "ECO", "instruction": "看有无开垦", "begins_on": "2026-11-20",
            "ends_on": "2026-12-20",
        })  # fmt: skip
        other = county.centre.phone()
        body = {"campaign": campaign, "cell_name": "网格73", "assignees": [county.volunteer.member]}
        cell = county.desk("campaign_cell", body)
        county.centre.work()
        assert campaign not in county.centre.feed("catalog")

        county.step(campaign, "open_campaign", "open")

        assert campaign in county.centre.feed("catalog")
        assert county.centre.member_feed(county.volunteer.member)[cell]["title"] == "堤防全面排查"
        assert cell not in county.centre.member_feed(other.member)
