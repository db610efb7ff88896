"""The office's own years are in a backup: a restored county counts its days as before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from server.backup.restore import restore_backup
from server.backup.write import write_backup
from server.deadlines.year_files import store_year, working_days_of, year_path
from server.settings import Settings
from tests.support.entries import open_centre
from tests.unit.deadlines.test_year_files import GOOD


def test_a_year_that_was_loaded_comes_back_and_a_newer_one_stays(tmp_path: Path):
    data, backup = tmp_path / "data", tmp_path / "b.age"
    with open_centre(data) as centre:
        store_year(data, GOOD)
        store_year(
            data, GOOD.replace("2027", "2028").replace("2026-12-31", "2027-12-31").replace("02-20", "02-19")
        )
        write_backup(centre.services, backup)
    year_path(data, 2027).unlink()
    newer = year_path(data, 2028).read_text("utf-8").replace("春节", "元宵")
    store_year(data, newer)

    restore_backup(Settings(data=data), backup)

    days = working_days_of(data)
    assert days.day(date(2027, 2, 20)).name == "春节"
    assert days.day(date(2028, 2, 19)).name == "元宵"
