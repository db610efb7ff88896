"""The office's own year: checked before it is taken, read anew when it changes, never passed by silently."""

from __future__ import annotations

from datetime import date

import pytest

from server.deadlines.year_files import YearFileError, parse_year, store_year, working_days_of

GOOD = """
year = 2027
source = "国务院办公厅关于2027年部分节假日安排的通知"

[[holiday]]
name = "元旦"
from = 2026-12-31
to = 2027-01-02

[[make_up]]
on = 2027-02-20
for = "春节"
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


class TestWhatIsTaken:
    def test_a_good_file_makes_its_days_definite(self, tmp_path):
        store_year(tmp_path, GOOD)

        days = working_days_of(tmp_path)

        assert [days.is_working(date(2027, 1, day)) for day in (1, 2, 4)] == [False, False, True]
        assert days.is_working(date(2027, 2, 20))
        assert not days.day(date(2027, 3, 1)).is_provisional
        assert days.day(date(2026, 12, 31)).is_working, "the year before is the package's own to say"

    def test_a_newer_file_of_the_year_replaces_the_older_at_once(self, tmp_path):
        store_year(tmp_path, GOOD)
        assert working_days_of(tmp_path).is_working(date(2027, 1, 4))

        store_year(tmp_path, changed("to = 2027-01-02", "to = 2027-01-04"))

        assert not working_days_of(tmp_path).is_working(date(2027, 1, 4))

    def test_without_a_folder_there_is_the_program_s_calendar(self, tmp_path):
        assert working_days_of(tmp_path / "none").unreadable == ()


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("year = ", "not_toml"),
            (changed("year = 2027", "year = 27"), "year"),
            (changed("year = 2027", "year = true"), "year"),
            (changed('source = "国务院办公厅关于2027年部分节假日安排的通知"', 'source = " "'), "source"),
            (changed("to = 2027-01-02", "to = 2026-12-01"), "from_to"),
            (changed("to = 2027-01-02", 'to = "2027-01-02"'), "from_to"),
            (changed("to = 2027-01-02", "to = 2027-03-02"), "too_long"),
            (changed("[[holiday]]", "[[holidays]]"), "unknown_member"),
            (changed('name = "元旦"', "name = 1"), "name"),
            (changed("on = 2027-02-20", "on = 2027-02-19"), "make_up_weekday"),
            (changed("on = 2027-02-20", "on = 2027-01-02"), "make_up_holiday"),
            (changed("on = 2027-02-20", "on = 2026-02-21"), "make_up_on"),
            (changed("[[make_up]]", "[make_up]"), "tables"),
            (GOOD + '[[holiday]]\nname = "又"\nfrom = 2027-01-01\nto = 2027-01-01\n', "twice"),
            ('year = 2027\nsource = "x"\nholiday = []', "no_holiday"),
        ],
    )
    def test_the_reason_names_the_member_and_nothing_is_stored(self, tmp_path, text, code):
        with pytest.raises(YearFileError) as error:
            store_year(tmp_path, text)

        assert error.value.code == code
        assert error.value.said("zh") != error.value.said("en")
        assert list(tmp_path.iterdir()) == []

    def test_a_file_put_there_by_hand_that_cannot_be_read_is_named_and_the_year_stays_provisional(
        self, tmp_path
    ):
        store_year(tmp_path, GOOD)
        (tmp_path / "calendar" / "2027.toml").write_text("year = 2027", "utf-8")

        days = working_days_of(tmp_path)

        assert days.unreadable == ("2027.toml: source：请写明所依据的放假通知",)
        assert days.day(date(2027, 1, 4)).is_provisional

    def test_reading_is_not_storing(self):
        assert sorted(parse_year(GOOD).holidays) == [date(2027, 1, 1), date(2027, 1, 2)]
        assert parse_year(GOOD).source == "国务院办公厅关于2027年部分节假日安排的通知"
