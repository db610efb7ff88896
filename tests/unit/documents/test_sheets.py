"""XLSX and CSV: real numbers and dates, texts that stay texts, and the byte order mark (DOMAIN 8)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.documents.csv_file import csv_bytes
from server.documents.document_error import DocumentError
from server.documents.sheet import Column, Sheet, neutral
from server.documents.xlsx_file import xlsx_bytes

SHANGHAI = ZoneInfo("Asia/Shanghai")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (
    Column("代号"),
    Column("核定分钟", "integer"),
    Column("小时", "number"),
    Column("日期", "date"),
    Column("收到", "moment"),
)
ROW = ("甲-01", -15, 2.5, date(2026, 11, 23), datetime(2026, 11, 23, 6, 5, tzinfo=UTC))
FORMULAS = ["=1+1", "+8613800000000", "-2", "@SUM(A1)", "＝1", "\t=1", " =1", "|calc", "%x"]


def sheet(*rows, columns=COLUMNS) -> Sheet:
    return Sheet("月报[11]", columns, rows)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def cells(data: bytes) -> dict[str, tuple[str, str, str]]:
    """Of each cell: its type, its number format, its value."""
    book = zipfile.ZipFile(io.BytesIO(data))
    strings = ["".join(part.itertext()) for part in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
    styles = ElementTree.fromstring(book.read("xl/styles.xml"))
    formats = {f.get("numFmtId"): f.get("formatCode", "") for f in styles.iter(f"{MAIN}numFmt")}
    looks = [formats.get(x.get("numFmtId"), x.get("numFmtId", "")) for x in styles.find(f"{MAIN}cellXfs")]  # type: ignore[union-attr]
    found = {}
    for cell in ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{MAIN}c"):
        value, kind = cell.findtext(f"{MAIN}v", ""), cell.get("t", "n")
        text = strings[int(value)] if kind == "s" else value
        found[cell.get("r", "")] = (kind, looks[int(cell.get("s", "0"))], text)
    return found


class TestCsv:
    def test_it_begins_with_the_mark_and_keeps_numbers_and_days_as_such(self):
        data = csv_bytes(sheet(ROW, ("乙", None, None, None, None)), SHANGHAI)

        assert data[:3] == b"\xef\xbb\xbf"
        assert data.endswith(b"\r\n")
        assert read_csv(data) == [
            ["代号", "核定分钟", "小时", "日期", "收到"],
            ["甲-01", "-15", "2.5", "2026-11-23", "2026-11-23 14:05:00"],
            ["乙", "", "", "", ""],
        ]

    @pytest.mark.parametrize("formula", FORMULAS)
    def test_a_formula_is_made_harmless(self, formula):
        rows = read_csv(csv_bytes(sheet((formula,), columns=[Column("备注")]), SHANGHAI))

        assert rows[1] == [f"'{formula}"]

    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
    def test_whatever_is_written_is_read_back_and_never_begins_a_formula(self, text):
        (row,) = read_csv(csv_bytes(sheet((text, "末"), columns=[Column("a"), Column("b")]), SHANGHAI))[1:]

        assert row == [neutral(text), "末"]
        assert row[0].lstrip(" ")[:1] not in set("=+-@＝＋－＠\t\r\n|%")
        assert row[0] in (text, f"'{text}")


class TestXlsx:
    def test_numbers_and_days_are_real_ones(self):
        found = cells(xlsx_bytes(sheet(ROW), SHANGHAI))

        assert found["A2"] == ("s", "@", "甲-01")
        assert found["B2"] == ("n", "1", "-15")
        assert found["C2"] == ("n", "0.00", "2.5")
        assert found["D2"] == ("n", "yyyy-mm-dd", "46349")
        assert found["E2"][:2] == ("n", "yyyy-mm-dd hh:mm:ss")
        assert found["E2"][2].startswith("46349.58680")

    @pytest.mark.parametrize("text", [*FORMULAS, "https://x.example", "00123", "{=1}", ""])
    def test_a_text_stays_a_text_and_is_not_changed(self, text):
        data = xlsx_bytes(sheet((text,), columns=[Column("备注")]), SHANGHAI)

        assert cells(data)["A2"] == ("s", "@", text)
        page = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
        assert b"<f>" not in page
        assert b"hyperlink" not in page

    def test_the_same_table_is_the_same_bytes(self):
        data = xlsx_bytes(sheet(ROW), SHANGHAI)

        assert data == xlsx_bytes(sheet(ROW), SHANGHAI)
        assert b"2000-01-01T00:00:00Z" in zipfile.ZipFile(io.BytesIO(data)).read("docProps/core.xml")

    def test_a_title_that_excel_does_not_take_is_made_one(self):
        book = zipfile.ZipFile(io.BytesIO(xlsx_bytes(sheet(ROW), SHANGHAI)))

        assert re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode()) == ["月报 11"]


class TestRefusals:
    """Nothing is cut off in silence."""

    @pytest.mark.parametrize(
        ("rows", "code"),
        [
            ([("a",)], "row_length"),
            ([("a", "1", 1.0, None, None)], "cell_kind"),
            ([("a", True, 1.0, None, None)], "cell_kind"),
            ([("a", 1, 1.0, datetime(2026, 1, 1, tzinfo=UTC), None)], "cell_kind"),
        ],
    )
    def test_a_row_that_does_not_fit_its_columns(self, rows, code):
        with pytest.raises(DocumentError) as error:
            sheet(*rows)

        assert error.value.code == code

    def test_a_text_that_a_cell_cannot_hold(self):
        with pytest.raises(DocumentError) as error:
            xlsx_bytes(sheet(("长" * 32_768,), columns=[Column("备注")]), SHANGHAI)

        assert error.value.code == "cell_too_long"
