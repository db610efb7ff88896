"""Two people report the same place: proposed with grounds, merged by a clerk, answered together, undone."""

from __future__ import annotations

import re

import pytest

from server.readmodel.duplicate_queries import lead_facts, possible_duplicates
from server.readmodel.rows import RecordRow
from tests.support.console_rig import Browser, ConsoleRig
from tests.support.entries import ago, photo

POINT = {
    "lat": 36.5672,
    "lng": 116.7581,
    "accuracy_m": 12,
    "datum": "WGS-84",
    "datum_source": "browser",
    "n_samples": 3,
    "spread_m": 2,
}


def place(lat: float) -> dict[str, object]:
    return {**POINT, "lat": lat, "at": hours_ago(1)}


def hours_ago(hours: int) -> str:
    return ago(hours=hours).isoformat(timespec="milliseconds")


class Pair:
    """The earlier lead, and one 67 m away that another volunteer sent."""

    def __init__(self, rig: ConsoleRig) -> None:
        self.rig, self.clerk = rig, rig.as_role("intake_clerk")
        one, other = rig.centre.phone(), rig.centre.phone()
        earlier = one.lead(
            point=place(36.5672),
            at=ago(hours=3),
            observed_at=hours_ago(4),
            title="坝坡种了玉米",
            media=[photo(b"1")],
        )
        later = other.lead(point=place(36.5678), title="大堤外坡被开荒", media=[photo(b"2")])
        rig.centre.send(earlier, later)
        rig.centre.work()
        self.earlier, self.later = (each["entry"]["id"] for each in (earlier, later))

    def row(self, lead: str) -> RecordRow:
        row = self.rig.centre.services.readmodel.record(lead)
        assert row is not None
        return row

    def act(self, lead: str, action: str, **fields: str):  # type: ignore[no-untyped-def]
        base = ",".join(self.row(lead).state.heads)
        with self.rig.working():
            return self.clerk.post(f"/console/leads/{lead}/steps", action=action, base=base, **fields)

    def merge(self):  # type: ignore[no-untyped-def]
        return self.act(self.later, "merge_into", primary_lead=self.earlier, reason="同一处坝坡")


@pytest.fixture
def pair(rig: ConsoleRig, ids) -> Pair:  # type: ignore[no-untyped-def]
    return Pair(rig)


def section(clerk: Browser, lead: str, name: str) -> str:
    page = clerk.text(f"/console/leads/{lead}")
    found = re.search(rf'<section class="sheet" id="{name}">.*?</section>', page, re.S)
    return found.group(0) if found else ""


class TestProposed:
    """DOMAIN 4, row 1: each proposal says why, beside the opened lead."""

    def test_the_other_stands_beside_it_with_what_speaks_for_it(self, pair: Pair):
        shown = section(pair.clerk, pair.later, "duplicates")

        assert "坝坡种了玉米" in shown
        assert "相距 67 米" in shown
        assert "领域相同" in shown
        assert "按可信时间，这一条更早" in shown

    def test_the_earlier_one_is_suggested_as_primary_on_either_page(self, pair: Pair):
        of_later = section(pair.clerk, pair.later, "duplicates")
        of_earlier = section(pair.clerk, pair.earlier, "duplicates")

        assert "把打开的线索并入这一条 · 建议" in re.findall(r"<summary>(.+?)</summary>", of_later)
        assert "把这一条并入打开的线索 · 建议" in re.findall(r"<summary>(.+?)</summary>", of_earlier)

    def test_the_read_model_looks_for_places_around_alone(self, pair: Pair, rig: ConsoleRig):
        far = rig.centre.phone().lead(point=place(36.7), domain="SAFE", title="窨井盖缺失")
        rig.centre.send(far)
        rig.centre.work()
        model = rig.centre.services.readmodel
        own = lead_facts(model, pair.later)
        assert own is not None

        found = {each.id for each in possible_duplicates(model, own)}

        assert pair.earlier in found
        assert far["entry"]["id"] not in found

    def test_a_township_is_told_of_none(self, pair: Pair, rig: ConsoleRig):
        assert section(rig.as_role("township_staff"), pair.later, "duplicates") == ""


class TestMerged:
    """Merging keeps every lead whole, and an answer to the primary answers all (ARCHITECTURE, "Merging")."""

    def test_the_primary_shows_the_other_with_its_photos(self, pair: Pair):
        assert pair.merge().status_code == 303

        shown = section(pair.clerk, pair.earlier, "merged")
        assert "大堤外坡被开荒" in shown
        assert shown.count("<figure>") == 1
        assert pair.row(pair.later).state.state == "merged_into"
        assert "坝坡种了玉米" in section(pair.clerk, pair.later, "primary")
        assert section(pair.clerk, pair.earlier, "duplicates").count("大堤外坡被开荒") == 0

    def test_one_answer_answers_both_in_one_batch(self, pair: Pair):
        pair.merge()
        pair.act(pair.earlier, "register")

        answered = pair.act(pair.earlier, "answer", answer="已由河务局清除，感谢您。")

        assert answered.status_code == 303
        steps = [pair.row(lead).steps[-1].entry for lead in (pair.earlier, pair.later)]
        assert [step["body"]["action"] for step in steps] == ["answer", "answer"]
        assert [pair.row(lead).state.value("answer") for lead in (pair.earlier, pair.later)] == [
            "已由河务局清除，感谢您。"
        ] * 2
        assert steps[1]["entry"] == steps[0]["entry"] + 1

    def test_undone_it_is_what_it_was_and_answered_apart(self, pair: Pair):
        pair.act(pair.later, "register")
        number = pair.row(pair.later).number
        pair.merge()

        undone = pair.act(pair.later, "unmerge", reason="两处相距较远")

        assert undone.status_code == 303
        row = pair.row(pair.later)
        assert (row.state.state, row.number) == ("registered", number)
        assert section(pair.clerk, pair.earlier, "merged") == ""
        pair.act(pair.earlier, "register")
        pair.act(pair.earlier, "answer", answer="已处理。")
        assert pair.row(pair.later).state.state == "registered"

    @pytest.mark.parametrize(
        ("primary", "said"),
        [
            ("self", "线索不能并入自己"),
            ("lead:01j00000000000000000000000", "没有这条线索"),
            ("齐检益线〔1999〕1号", "没有这条线索"),
        ],
    )
    def test_what_cannot_be_the_primary_is_said(self, pair: Pair, primary: str, said: str):
        named = pair.later if primary == "self" else primary

        answer = pair.act(pair.later, "merge_into", primary_lead=named, reason="同一事实")

        assert answer.status_code == 422
        assert said in answer.text
        assert pair.row(pair.later).state.state == "received"

    def test_a_merged_lead_takes_none_in_and_a_primary_is_not_merged(self, pair: Pair, ids):  # type: ignore[no-untyped-def]
        pair.merge()

        into_merged = pair.act(ids.lead, "merge_into", primary_lead=pair.later, reason="同一事实")
        of_primary = pair.act(pair.earlier, "merge_into", primary_lead=ids.lead, reason="同一事实")

        assert "那条线索已经并入另一条" in into_merged.text
        assert "请先撤销那些合并" in of_primary.text

    def test_the_primary_may_be_named_by_its_number(self, pair: Pair):
        pair.act(pair.earlier, "register")
        number = pair.row(pair.earlier).number or ""

        merged = pair.act(pair.later, "merge_into", primary_lead=number, reason="同一事实")

        assert merged.status_code == 303
        assert pair.row(pair.later).state.value("primary_lead") == pair.earlier
