"""`liandong retention` and `liandong participant`: the same rules as the worker's and the console's."""

from __future__ import annotations

import os
from pathlib import Path

from click.testing import CliRunner

from server.cli import main
from server.doctor import OLD_COPIES, old_copies
from tests.server.retention.ended_order import act, ended_order, holding
from tests.support.entries import TOWNSHIP, open_centre

MINOR = ["--name", "小某", "--id-no", "371425200809020015", "--birth-date", "2008-09-02"]
MORE = ["--phone", "13812345678", "--act-on", "2026-09-01", "--residence", TOWNSHIP]
ADULT = ["--name", "赵某某", "--id-no", "371425199103020018", "--birth-date", "1991-03-02"]


def liandong(data: Path, *arguments: str):
    return CliRunner().invoke(main, arguments, env={"LIANDONG_DATA": str(data)})


def due_order(data: Path):
    """An order whose evidence becomes due without a worker that sees it."""
    with open_centre(data) as centre:
        ended = ended_order(centre, held_for_days=89)
        until = {"hold_until": "2020-01-01"}
        act(centre, ended.order, "hold", is_worked=False, reason="期满", fields=until)
    return ended


class TestRetention:
    def test_a_dry_run_says_what_is_left_and_changes_nothing(self, tmp_path):
        with open_centre(tmp_path) as centre:
            ended = ended_order(centre, held_for_days=89)

        told = liandong(tmp_path, "retention", "--dry-run").output

        assert "QH-GY-2026-018" in told
        assert "2 处位置、1 张照片" in told
        assert "nothing is due for erasing today" in told
        assert holding(tmp_path, ended.secrets) != []

    def test_the_command_erases_what_is_due(self, tmp_path):
        ended = due_order(tmp_path)

        done = liandong(tmp_path, "retention")

        assert done.exit_code == 0, done.output
        assert holding(tmp_path, ended.secrets) == []


class TestOldCopies:
    def test_copies_beside_the_data_that_are_too_old_are_named(self, tmp_path):
        names = [pattern.replace("*", "1") for pattern in OLD_COPIES]
        for name in names:
            (tmp_path / name).touch()
            os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
        (tmp_path / "new.age").touch()

        assert [path.name for path in old_copies(tmp_path, 35)] == sorted(names)


class TestParticipant:
    def test_who_was_a_minor_is_refused_and_nothing_is_written(self, tmp_path):
        self._townships(tmp_path)
        done = liandong(tmp_path, "participant", "register", *MINOR, *MORE)

        assert done.exit_code == 1
        assert "Under 18 on the day of the act" in done.output
        with open_centre(tmp_path) as centre:
            assert "id_number" not in str(centre.services.couch.ensure("accounts").all_docs())

    def test_an_adult_is_registered_once_and_told_by_code(self, tmp_path):
        self._townships(tmp_path)
        done = liandong(tmp_path, "participant", "register", *ADULT, *MORE)
        with open_centre(tmp_path) as centre:
            centre.work()
        again = liandong(tmp_path, "participant", "register", *ADULT, *MORE)

        assert done.exit_code == 0, done.output
        code = done.output.split("代号 ")[1][:4]
        assert f"registered already, code {code}" in again.output

    @staticmethod
    def _townships(data: Path) -> None:
        codes = [{"code": TOWNSHIP, "zh": "祝阿镇", "en": "Zhu'a"}]
        body = {"table": "township", "version": 2024, "valid_from": "2024-01-01", "codes": codes}
        with open_centre(data) as centre:
            centre.desk("code_table", body)
            centre.work()
