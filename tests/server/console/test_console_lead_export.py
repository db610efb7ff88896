"""The filtered list of leads as a file: no reporter, nothing that runs, marked and written down."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile

import pytest

from tests.server.console.test_console_merging import place
from tests.support.console_rig import ConsoleRig
from tests.support.entries import photo

KML = "{http://www.opengis.net/kml/2.2}"
HOSTILE = '=HYPERLINK("x")<script>&]]>\x0b'


@pytest.fixture(autouse=True)
def leads(rig: ConsoleRig, ids) -> None:  # type: ignore[no-untyped-def]
    phone = rig.centre.phone()
    rig.centre.send(
        phone.lead(title=HOSTILE, domain="SAFE", point=place(36.5672), media=[photo(b"exif")]),
        phone.lead(title="没有定位的一条", domain="SAFE"),
    )
    rig.centre.work()


def exported(rig: ConsoleRig, format_: str, query: str = "domain=SAFE&sort=received&order=asc") -> bytes:
    answer = rig.as_role("prosecutor").get(f"/console/leads/export/{format_}?{query}")
    assert answer.status_code == 200, answer.text[:300]
    assert f".{format_}" in answer.headers["Content-Disposition"]
    return answer.get_data()


class TestFiles:
    """DOMAIN 8, "Exports"."""

    def test_csv_holds_the_filtered_leads_and_formulas_are_text(self, rig: ConsoleRig):
        data = exported(rig, "csv")

        assert data.startswith(b"\xef\xbb\xbf")
        head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        assert head[:3] == ["编号", "线索", "情况说明"]
        assert [row[1] for row in rows] == ["'" + HOSTILE, "没有定位的一条"]
        assert rows[0][6] == "36.567200,116.758100"

    def test_xlsx_is_a_workbook_of_texts_without_formulas(self, rig: ConsoleRig):
        book = zipfile.ZipFile(io.BytesIO(exported(rig, "xlsx")))

        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        texts = book.read("xl/sharedStrings.xml").decode()
        assert "没有定位的一条" in texts
        assert "导出，仅限办案使用" in texts

    def test_geojson_has_longitude_first_and_a_lead_without_position_too(self, rig: ConsoleRig):
        found = json.loads(exported(rig, "geojson"))

        assert [each["geometry"] for each in found["features"]] == [
            {"type": "Point", "coordinates": [116.7581, 36.5672]},
            None,
        ]
        assert found["features"][0]["properties"]["name"] == HOSTILE

    def test_kml_is_well_formed_whatever_was_written(self, rig: ConsoleRig):
        root = ET.fromstring(exported(rig, "kml"))

        marks = root.findall(f"{KML}Document/{KML}Placemark")
        assert [mark.findtext(f"{KML}name") for mark in marks] == [HOSTILE.replace("\x0b", "\ufffd")]
        assert marks[0].findtext(f"{KML}Point/{KML}coordinates") == "116.7581,36.5672"

    @pytest.mark.parametrize("format_", ["csv", "geojson", "kml"])
    def test_each_row_says_who_took_it_out_and_when(self, rig: ConsoleRig, format_: str):
        text = exported(rig, format_).decode("utf-8-sig")

        prosecutor = rig.as_role("prosecutor")
        name = rig.centre.services.directory.member(prosecutor.member).name
        assert f"{name} 于 " in text
        assert "导出，仅限办案使用" in text

    def test_it_is_written_down_with_what_was_asked_for(self, rig: ConsoleRig):
        exported(rig, "kml")

        (row,) = [each for each in rig.centre.services.audit.rows() if each.kind == "leads_exported"]
        assert (row.actor, row.about) == (rig.as_role("prosecutor").member, "kml")
        assert row.params == {"count": 2, "filters": {"domain": "SAFE"}}

    def test_an_empty_list_is_a_file_with_headings_alone(self, rig: ConsoleRig):
        rows = list(csv.reader(io.StringIO(exported(rig, "csv", "q=没有这样的").decode("utf-8-sig"))))

        assert len(rows) == 1

    def test_more_than_a_file_takes_is_refused_and_nothing_is_cut_off(self, rig: ConsoleRig, monkeypatch):  # type: ignore[no-untyped-def]
        monkeypatch.setattr("server.console.leads.exporting.MOST_ROWS", 1)

        answer = rig.as_role("prosecutor").get("/console/leads/export/csv?domain=SAFE")

        assert answer.status_code == 422
        assert "超过 1 条，没有导出" in answer.text
