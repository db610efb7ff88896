"""An order's papers: PDF by who may, written down, and honest where they cannot be made (DOMAIN 8)."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pypdf import PdfReader

from server.console.orders.papers import PAPERS
from server.identity.person_rules import NewPerson
from server.media.arrivals import FileRef
from server.participants import register
from server.records.names import new_record_id
from server.settings import Settings
from tests.support.console_rig import ConsoleRig
from tests.support.entries import TOWNSHIP, ago, instant, order_body, station_body
from tests.support.photos import write_photo

CLIENT = Settings().client
FORBIDDEN = ("罪犯", "服刑", "offender", "矫正对象")


def new_person(name: str) -> NewPerson:
    return NewPerson(
        name=name,
        id_no="371425199103020018",
        birth_date=date(1991, 3, 2),
        phone="13812345678",
        act_on=date(2026, 9, 1),
    )


def begin_order(rig: ConsoleRig, name: str = "赵某某") -> str:
    """An offered order of a registered participant, with a notice served."""
    services = rig.centre.services
    prosecutor = rig.as_role("prosecutor").member
    made = register(
        services, new_person(name), residence=TOWNSHIP, limits="", author=prosecutor, role="prosecutor"
    )
    station = rig.centre.desk("station", station_body()).id
    more = {"case_no": "齐检刑〔2026〕1号", "prosecutor": prosecutor, "charge_code": "危险驾驶"}
    code = {"display_code": made.claim.display_code}
    body = order_body(made.claim.member, [station], **code, **more)
    order = services.desk.append("service_order", body, author=prosecutor, role="prosecutor", schema=2)
    fields = {
        "stage": "review",
        "review_from": "2026-11-23",
        "review_track": "ordinary",
        "due_on": "2026-12-18",
        "notice_document": "告知书1号",
        "notice_served_on": "2026-11-23",
    }
    step = {"record": order.id, "base": [order.hash], "action": "offer", "to": "offered", "fields": fields}
    services.desk.append("step", step, author=prosecutor, role="prosecutor")
    rig.centre.work()
    return order.id


@pytest.fixture
def order(rig: ConsoleRig) -> str:
    return begin_order(rig)


def sign(rig: ConsoleRig, order: str, kind: str) -> str:
    """Sign on a phone, with a picture."""
    text = "参加与否由您自愿决定，可以随时退出，不会因此受到不利对待。"
    head = {"kind": kind, "version": 1, "title": "承诺书", "text": text, "valid_from": "2026-01-01"}
    notice = rig.centre.desk("notice", head).id
    rig.centre.work()
    body = rig.centre.services.readmodel.record(order).body
    phone = rig.centre.phone(body["participant"])
    path = rig.centre.services.settings.data / "signature.jpg"
    sha256 = write_photo(path, seed=3, width=300, height=120)
    data = path.read_bytes()
    file = {"sha256": sha256, "size": len(data), "type": "image/jpeg", "taken_at": instant(ago(minutes=2))}
    signed = {"order": order, "document": notice, "media": [file], "lawyer_present": True}
    made = phone.write(new_record_id("signature"), "participant", signed)
    rig.centre.send(made)
    rig.centre.services.media.intake.keep_bytes(FileRef(phone.device, 1, 1), data)
    rig.centre.work()
    return made["entry"]["id"]


def pdf(rig: ConsoleRig, order: str, name: str) -> PdfReader:
    answer = rig.as_role("prosecutor").get(f"/console/orders/{order}/papers/{name}.pdf")
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return PdfReader(io.BytesIO(answer.data))


def text_of(reader: PdfReader) -> str:
    return "".join(page.extract_text() for page in reader.pages).translate(
        dict.fromkeys(map(ord, "\n \u200b"))
    )


class TestPapers:
    def test_the_notice_explains_its_due_dates_with_law_and_arithmetic(self, rig, order):
        text = text_of(pdf(rig, order, "notice"))

        for said in (
            "赵某某",
            "齐检刑〔2026〕1号",
            "刑事诉讼法》第172条",
            "从2026年11月23日起1个月",
            "您可以在任何时候退出",
        ):
            assert said in text
        assert not any(word in text for word in FORBIDDEN)

    def test_the_pledge_carries_the_picture_of_the_signature(self, rig, order):
        sign(rig, order, "pledge")

        reader = pdf(rig, order, "pledge")

        assert len(reader.pages[0].images) == 1
        assert "律师在场" in text_of(reader)
        page = rig.as_role("prosecutor").text(f"/console/orders/{order}")
        assert 'class="signature"' in page

    def test_each_making_and_each_opening_of_a_name_is_written_down(self, rig, order):
        pdf(rig, order, "notice")

        rows = [(r.kind, r.actor, r.about) for r in rig.centre.services.audit.rows(limit=5)]
        prosecutor = rig.as_role("prosecutor").member
        assert ("paper_made", prosecutor, order) in rows
        assert ("identity_opened", prosecutor, order) in rows

    def test_the_placement_letter_has_the_code_and_no_name(self, rig, order):
        text = text_of(pdf(rig, order, "placement_letter"))

        code = rig.centre.services.readmodel.record(order).body["display_code"]
        assert code in text
        for hidden in ("赵某某", "齐检刑", "危险驾驶"):
            assert hidden not in text
        last = rig.centre.services.audit.rows(limit=1)[0]
        assert last.kind == "paper_made"  # no identity was opened for it

    def test_a_name_that_the_font_cannot_draw_fails_the_paper_and_says_what_to_do(self, rig):
        order = begin_order(rig, name="赵𪚥")

        answer = rig.as_role("prosecutor").get(f"/console/orders/{order}/papers/notice.pdf")

        assert answer.status_code == 422
        assert "𪚥" in answer.text
        assert "U+2A6A5" in answer.text
        assert "请改用其他写法，或联系管理员增加字体" in answer.text

    def test_what_cannot_be_made_yet_says_what_is_missing(self, rig, order):
        page = rig.as_role("prosecutor").text(f"/console/orders/{order}")

        assert "安排站点之后才能制作" in page
        assert "有核定时长之后才能制作" in page
        assert page.count("(PDF)") == 2

    def test_only_who_may_makes_papers(self, rig, order, ids):
        for role in ("intake_clerk", "township_staff", "security_officer", "auditor"):
            for paper in PAPERS:
                path = f"/console/orders/{order}/papers/{paper.template}.pdf"
                assert rig.as_role(role).get(path).status_code == 403
