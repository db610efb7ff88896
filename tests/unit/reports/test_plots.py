"""Plots: labelled in words, told to who cannot see them, safe with whatever a name holds."""

from __future__ import annotations

from xml.etree import ElementTree

from server.reports.plots import svg
from server.reports.report import Bar, Plot

SPACE = "{http://www.w3.org/2000/svg}"
LONG = "祝阿镇人民政府与齐河县人民检察院共建公益诉讼检察听证与社会服务联动示范站第一分站"


def plot(*bars: Bar, series: tuple[str, ...] = ()) -> Plot:
    return Plot("sessions", "各站点服务次数", "单位：次", bars, series)


def texts(drawing: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(drawing).iter(f"{SPACE}text")]


class TestPlots:
    """LOOK: few, labelled in words, readable in grey print."""

    def test_title_unit_labels_and_values_stand_in_the_picture(self) -> None:
        drawing = svg(plot(Bar("祝阿站", 12.0), Bar("潘店站", 7.5)), "zh")

        assert texts(drawing) == ["各站点服务次数 · 单位：次", "祝阿站", "12", "潘店站", "7.5"]

    def test_it_is_told_in_words(self) -> None:
        root = ElementTree.fromstring(svg(plot(Bar("祝阿站", 12.0)), "zh"))

        told = root.find(f"{SPACE}desc")
        assert told is not None
        assert told.text == "各站点服务次数（单位：次）: 祝阿站 12"
        assert root.get("aria-labelledby") == "sessions-title sessions-desc"

    def test_two_kinds_of_bar_differ_without_colour(self) -> None:
        drawing = svg(plot(Bar("祝阿站", 12.0, 9.0), series=("申报", "核定")), "zh")

        fills = [each.get("fill") for each in ElementTree.fromstring(drawing).iter(f"{SPACE}rect")]
        assert "url(#sessions-hatch)" in fills
        assert texts(drawing)[1:3] == ["申报", "核定"]

    def test_a_long_name_is_broken_and_never_cut(self) -> None:
        lines = texts(svg(plot(Bar(LONG, 1.0)), "zh"))[1:-1]

        assert len(lines) > 1
        assert "".join(lines) == LONG

    def test_markup_in_a_name_is_text(self) -> None:
        drawing = svg(plot(Bar("<script>alert(1)</script>&", 1.0)), "en")

        assert "<script" not in drawing
        assert "".join(texts(drawing)[1:-1]) == "<script>alert(1)</script>&"

    def test_the_same_plot_gives_the_same_bytes(self) -> None:
        assert svg(plot(Bar("祝阿站", 12.0)), "zh") == svg(plot(Bar("祝阿站", 12.0)), "zh")
