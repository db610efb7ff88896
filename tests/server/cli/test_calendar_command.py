"""`liandong calendar`: an office loads the arrangement of a year as soon as it is published."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

from server.deadlines.year_files import working_days_of
from server.opening import open_services
from server.settings import Settings
from tests.server.cli.test_commands import liandong
from tests.unit.deadlines.test_year_files import GOOD


def test_a_good_file_is_counted_by_and_written_down(tmp_path: Path):
    data, file = tmp_path / "data", tmp_path / "2027.toml"
    file.write_text(GOOD, "utf-8")
    before = liandong(data, "calendar", "show", "2027").stdout

    done = liandong(data, "calendar", "load", str(file))

    assert "已载入2027年放假安排：假期2天，调休上班1天。" in done.stdout
    assert not working_days_of(data).day(date(2027, 3, 1)).is_provisional
    services = open_services(Settings(data=data))
    rows = [row for row in services.audit.rows(limit=5) if row.kind == "working_days_loaded"]
    assert [(row.about, row.params["sha256"]) for row in rows] == [
        ("2027", sha256(GOOD.encode()).hexdigest())
    ]
    services.couch.close()
    assert "尚未公布" in before
    assert "尚未公布" not in liandong(data, "calendar", "show", "2027").stdout


def test_a_wrong_file_ends_in_one_line_and_changes_nothing(tmp_path: Path):
    data, file = tmp_path / "data", tmp_path / "2027.toml"
    file.write_text(GOOD.replace("on = 2027-02-20", "on = 2027-02-19"), "utf-8")

    done = liandong(data, "calendar", "load", str(file))

    assert done.returncode == 1
    assert "2027-02-19 is no Saturday or Sunday" in done.stderr
    assert working_days_of(data).day(date(2027, 3, 1)).is_provisional


def test_a_published_year_is_shown_without_a_file(tmp_path: Path):
    done = liandong(tmp_path / "data", "calendar", "show", "2026")

    # 365 days, 104 of them weekends, 33 days of holidays (some on weekends) and six weekend days worked.
    assert "2026: 248 working days, 33 days of holidays, 6 weekend days that are worked." in done.stdout
