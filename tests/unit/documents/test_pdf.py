"""A4 documents: opened and read; users' text stays text; a character that cannot be drawn fails by name."""

from __future__ import annotations

import io
import string

import pytest
from PIL import Image
from pypdf import PdfReader

from server.documents.document_error import CharacterMissing, DocumentError
from server.documents.glyphs import refuse_undrawn
from server.documents.pdf import PdfMaker, template_names, words_of
from tests.unit.documents.papers import MAKER, PAPERS

A4_PT = (595, 842)


def drawing() -> bytes:
    """A signature as a phone's canvas gives it."""
    out = io.BytesIO()
    Image.new("RGB", (120, 40), "white").save(out, "PNG")
    return out.getvalue()


def opened(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def text_of(data: bytes) -> str:
    """The text without what only the setting of lines puts in."""
    return "".join("".join(page.extract_text().split()) for page in opened(data).pages)


def fonts_of(data: bytes) -> dict[str, bool]:
    """Font by name, and whether its file is inside."""
    found = {}
    for page in opened(data).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            found[font.get_object()["/BaseFont"].partition("+")[2]] = "/FontFile2" in descriptor
    return found


class TestEveryDocument:
    def test_there_is_a_sample_of_each(self):
        assert sorted(PAPERS) == template_names()

    @pytest.mark.parametrize("name", sorted(PAPERS))
    def test_it_is_a4_with_the_font_inside_and_says_what_it_was_given(self, name):
        data = MAKER.make(name, PAPERS[name])

        (page, *_) = opened(data).pages
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == A4_PT
        assert fonts_of(data) == {"NotoSansSC-Regular": True, "NotoSansSC-Bold": True}
        said = text_of(data)
        assert "齐河县人民检察院" in said
        assert PAPERS[name]["number"] in said
        assert f"第1页，共{len(opened(data).pages)}页" in said
        assert "{" not in said

    @pytest.mark.parametrize("name", sorted(PAPERS))
    def test_the_same_document_is_the_same_bytes(self, name):
        made = MAKER.make(name, PAPERS[name])

        assert made == MAKER.make(name, PAPERS[name])
        assert not {"/CreationDate", "/ModDate"} & set(opened(made).metadata or {}), "a day differs tomorrow"

    @pytest.mark.parametrize("name", sorted(PAPERS))
    def test_it_can_be_had_in_english(self, name):
        said = text_of(MAKER.make(name, {**PAPERS[name], "lang": "en"}, language="en"))

        assert "Page1of" in said
        assert "共" not in said

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_font_draws_every_fixed_text(self, language):
        refuse_undrawn(words_of(language), MAKER.drawn())


class TestWhatTheyMustSay:
    """DOMAIN 0, finding 1: voluntary, with the right to stop; the station knows a code and no name."""

    def test_the_pledge_is_voluntary_and_may_be_ended_without_penalty(self):
        said = text_of(MAKER.make("pledge", PAPERS["pledge"]))

        assert "我是自愿参加的" in said
        assert "我知道我可以随时退出，不需要说明理由，也不会因此受到处罚。" in said

    def test_the_placement_letter_names_nobody(self):
        said = text_of(MAKER.make("placement_letter", PAPERS["placement_letter"]))

        assert "甲-01" in said
        assert "张某" not in said
        assert "齐检刑" not in said

    def test_no_document_calls_the_participant_an_offender(self):
        assert not [text for text in words_of("zh").values() if "罪犯" in text or "犯罪人" in text]

    def test_the_certificate_lists_each_session_with_reported_and_credited_apart(self):
        said = text_of(MAKER.make("service_certificate", PAPERS["service_certificate"]))

        assert said.count("祝阿镇公益服务站160150") == 12


class TestUsersText:
    """Users' text is data: typst's markup in it is shown as it was typed."""

    @pytest.mark.parametrize(
        "hostile",
        [
            "#panic()",
            "*粗*_斜_",
            "$x^2$",
            '#image("/etc/passwd")',
            "= 标题",
            "{name}",
            "{office}",
            "\\u{41}",
            "<b>",
        ],
    )
    def test_markup_in_a_value_is_shown_as_typed(self, hostile):
        said = text_of(MAKER.make("pledge", {**PAPERS["pledge"], "name": hostile, "service_types": hostile}))

        assert said.count("".join(hostile.split())) == 2

    def test_a_long_comment_goes_on_to_the_next_page(self):
        long = {**PAPERS["assessment_report"], "participant_statement": "我会遵守法律。" * 400}

        data = MAKER.make("assessment_report", long)

        assert len(opened(data).pages) >= 2
        assert text_of(data).count("遵") == 400

    def test_a_picture_that_is_none_fails_the_document(self):
        signed = {**PAPERS["pledge"], "signature": "signature.png"}

        with pytest.raises(DocumentError) as error:
            MAKER.make("pledge", signed, images={"signature.png": b"no picture"})

        assert error.value.code == "template"

    def test_a_signature_is_drawn(self):
        plain = MAKER.make("pledge", PAPERS["pledge"])
        signed = MAKER.make(
            "pledge", {**PAPERS["pledge"], "signature": "signature.png"}, images={"signature.png": drawing()}
        )

        assert [len(opened(data).pages[0].images) for data in (plain, signed)] == [0, 1]


class TestCharactersThatCannotBeDrawn:
    """An uncovered character fails the document with its name."""

    @pytest.mark.parametrize(
        ("character", "name"),
        [
            ("\U0001f600", "GRINNING FACE"),
            ("\u0e01", "THAI CHARACTER KO KAI"),
            ("\u202e", "RIGHT-TO-LEFT OVERRIDE"),
            ("\U0002a6d0", "CJK UNIFIED IDEOGRAPH-2A6D0"),
            ("\x07", "?"),
        ],
    )
    def test_the_document_fails_and_says_which_and_where(self, character, name):
        report = PAPERS["assessment_report"]
        scores = [*report["scores"], {"name": f"守{character}规", "points": 1}]

        with pytest.raises(CharacterMissing) as error:
            MAKER.make("assessment_report", {**report, "scores": scores})

        assert (error.value.character, error.value.where, error.value.place) == (
            character,
            "scores[5].name",
            2,
        )
        said = error.value.said()
        assert f"U+{ord(character):04X}" in said
        assert name in said

    def test_what_names_are_written_with_is_drawn(self):
        refuse_undrawn(
            "镕堃喆翀䶮𬭚𫖯㛃·— 〔〕“”"
            + string.printable.replace("\x0b", "").replace("\x0c", "").replace("\r", ""),
            MAKER.drawn(),
        )


class TestFailures:
    @pytest.mark.parametrize("name", ["frame", "../notice", "none"])
    def test_what_is_no_document_is_refused(self, name):
        with pytest.raises(DocumentError) as error:
            MAKER.make(name, {})

        assert error.value.code == "template_unknown"

    def test_a_missing_value_fails_instead_of_leaving_a_hole(self):
        with pytest.raises(DocumentError) as error:
            MAKER.make("pledge", {"office": "齐河县人民检察院"})

        assert error.value.code == "template"

    def test_without_the_font_nothing_is_made(self, tmp_path):
        with pytest.raises(DocumentError) as error:
            PdfMaker(tmp_path).make("notice", PAPERS["notice"])

        assert error.value.said("zh").startswith("文书没有生成：缺少字体文件")
