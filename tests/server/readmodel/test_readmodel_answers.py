"""What the read model answers, and that it can be lost (ARCHITECTURE, Contracts, "Read model")."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.identity.instants import instant
from server.readmodel import ReadModel
from server.readmodel.text import match_expression
from server.settings import Settings
from tests.support.entries import CentreInTest, ago, open_centre


def dump(model: ReadModel) -> dict[str, Any]:
    tables = ("document", "waiting", "step", "reference", "log_ack", "backup", "published")
    columns = "log, document, device, number, verdict, reasons, flags, chain_flags, waits_for, media"
    found: dict[str, Any] = {name: sorted(model.select(f"SELECT * FROM {name}")) for name in tables}
    found["entry"] = sorted(model.select(f"SELECT {columns} FROM entry"))
    found["record"] = sorted(model.select("SELECT id, state, number, conflict, held, last_at FROM record"))
    return found


class TestVerdicts:
    def test_pages_follow_each_other_and_end(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(*(phone.lead() for _ in range(5)))
        centre.work()
        model = centre.services.readmodel

        first = model.verdicts(phone.device, None, 3)
        second = model.verdicts(phone.device, first.cursor, 3)
        third = model.verdicts(phone.device, second.cursor, 3)

        assert ([row.entry for row in first.rows], first.more) == ([1, 2, 3], True)
        assert ([row.entry for row in second.rows], second.more) == ([4, 5], False)
        assert (list(third.rows), third.cursor) == ([], second.cursor)

    def test_a_changed_receipt_comes_again(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead, after = phone.lead(), phone.lead()
        lead["entry"]["sig"] = "A" * 86
        centre.send(lead, after)
        centre.work()
        cursor = centre.services.readmodel.verdicts(phone.device, None, 10).cursor
        centre.admit(lead)
        centre.work()

        page = centre.services.readmodel.verdicts(phone.device, cursor, 10)

        assert [(row.entry, row.verdict) for row in page.rows] == [(1, "admitted")]

    def test_a_cursor_of_another_build_begins_at_the_start(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(phone.lead(), phone.lead())
        centre.work()
        cursor = centre.services.readmodel.verdicts(phone.device, None, 10).cursor
        centre.services.readmodel.rebuild("")
        centre.work()

        page = centre.services.readmodel.verdicts(phone.device, cursor, 10)

        assert [row.entry for row in page.rows] == [1, 2]
        assert page.cursor != cursor

    @pytest.mark.parametrize("cursor", ["", "x", "x.1", ".", "9" * 40, "-1", "x.-1", "x.²"])
    def test_any_text_as_a_cursor_is_answered(self, centre: CentreInTest, cursor: str) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        centre.work()

        assert len(centre.services.readmodel.verdicts(phone.device, cursor, 10).rows) == 1


class TestRebuild:
    def test_a_rebuilt_model_says_the_same(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        station, order = centre.station_and_order(phone.member)
        lead = phone.lead()
        centre.send(lead, phone.check_event(order, station), phone.lead(title=""))
        centre.work()
        centre.step(lead["entry"]["id"], "register", to="registered")
        centre.work()
        before = dump(centre.services.readmodel)

        centre.services.readmodel.rebuild("")
        centre.work()

        assert dump(centre.services.readmodel) == before

    def test_a_reader_of_another_process_sees_it_and_cannot_write(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        lead = phone.lead()["entry"]
        centre.send(*phone.log.documents)
        centre.work()
        reader = ReadModel(centre.services.settings.data / "readmodel.sqlite", is_writer=False)

        assert reader.has_folded(phone.device, 1, lead["hash"]) is True
        assert reader.has_folded(phone.device, 1, "0" * 64) is False
        with pytest.raises(RuntimeError):
            reader.rebuild("")

    def test_a_model_of_another_format_begins_again(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        centre.send(phone.lead())
        centre.work()
        model = centre.services.readmodel
        identity = model.identity
        with model.connections.writing() as connection:
            connection.pragma("user_version", 999)
        path = Settings(data=centre.services.settings.data).data / "readmodel.sqlite"

        newer = ReadModel(path, is_writer=True)

        assert newer.identity != identity
        assert newer.cursor == ""

    @pytest.mark.parametrize("place", [0, 4096])
    def test_a_damaged_file_is_built_again(self, tmp_path: Path, place: int) -> None:
        with open_centre(tmp_path) as centre:
            phone = centre.phone()
            centre.send(*(phone.lead() for _ in range(30)))
            centre.work()
        with (tmp_path / "readmodel.sqlite").open("r+b") as file:
            file.seek(place)
            file.write(b"\xa5" * 40_000)

        with open_centre(tmp_path) as centre:
            centre.work()

            assert len(centre.services.readmodel.verdicts(phone.device, None, 100).rows) == 30
            assert centre.services.readmodel.quarantine_count() == 0


class TestConflicts:
    """DESIGN 4, "Fold": nothing is overwritten before a person has looked."""

    def test_two_clerks_at_once_are_a_hard_conflict_that_lists_can_find(self, centre: CentreInTest) -> None:
        lead = centre.phone().lead()
        centre.send(lead)
        centre.work()
        head, record = lead["entry"]["hash"], lead["entry"]["id"]
        for action, to, fields in (
            ("register", "registered", {}),
            ("return", "returned", {"note": "请补一张照片"}),
        ):
            body = {"record": record, "base": [head], "action": action, "to": to, "fields": fields}
            centre.desk("step", body, author=centre.clerk())
        centre.work()

        rows = centre.services.readmodel.select("SELECT id, state, conflict FROM record WHERE type = 'lead'")

        assert rows == [(record, None, "hard")]
        row = centre.services.readmodel.record(record)
        assert row is not None
        assert len(row.state.heads) == 2


class TestText:
    @pytest.mark.parametrize(
        ("question", "is_found"),
        [("玉米", True), ("坝坡", True), ("坡坝", False), ("险工", True), ("玉", True), ("大豆", False)],
    )
    def test_words_of_two_characters_are_found(
        self, centre: CentreInTest, question: str, is_found: bool
    ) -> None:
        centre.send(centre.phone().lead())
        centre.work()

        rows = centre.services.readmodel.select(
            "SELECT record.id FROM record_text JOIN record ON number_in_model = record_text.rowid "
            "WHERE record_text MATCH ?",
            (match_expression(question),),
        )

        assert (len(rows) == 1) is is_found

    @pytest.mark.parametrize("question", ["", "  ", '"', "*", '" OR 1', "a AND", "NEAR(", "（", "^玉米"])
    def test_no_question_breaks_the_search(self, centre: CentreInTest, question: str) -> None:
        expression = match_expression(question)
        if expression is not None:
            centre.services.readmodel.select("SELECT rowid FROM record_text(?)", (expression,))


class TestBackups:
    def test_only_what_arrived_before_the_backup_is_backed_up(self, centre: CentreInTest) -> None:
        phone = centre.phone()
        early, late = phone.lead(), phone.lead()
        early["received_at"], late["received_at"] = instant(ago(hours=2)), instant(ago(minutes=1))
        centre.send(early, late)
        centre.work()
        assert centre.services.readmodel.backed_up_through(phone.device) == 0

        body = {"taken_at": instant(ago(hours=1)), "sha256": "a" * 64, "epoch": centre.services.epoch}
        centre.desk("backup", body)
        centre.work()

        assert centre.services.readmodel.backed_up_through(phone.device) == 1
        assert centre.services.readmodel.last_backup_at() == body["taken_at"]
