"""Users' text is hostile wherever it is shown: it stays text on every page (ATTACKS 7, case 45)."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from server.console.permissions import TABLE
from tests.support.console_rig import Browser, ConsoleRig
from tests.support.entries import fix_part, order_body, photo, station_body

MARK = "zzqx"
CORPUS = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"'><svg/onload={MARK}()>",
    f'<a href="javascript:{MARK}()">x</a>',
    f'<b hx-get="/console/{MARK}" hx-trigger="load">x</b>',
    f"<b data-hx-get=/console/{MARK} hx-on:click={MARK}()>x</b>",
    f"<hx-partial hx-target=body>{MARK}</hx-partial>",
    f"</textarea></title></style><script>{MARK}</script>",
    f"{{{{ {MARK} }}}}{{% raw %}}",
    f"{{{MARK}}} {{0}} %s",
    f"‮{MARK}\x07<!--",
)
PAGES = (
    "/console/dashboard",
    "/console/leads",
    "/console/leads?q={text}",
    "/console/check-events",
    "/console/quarantine",
    "/console/devices",
    "/console/devices?q={text}",
    "/console/devices/enrol?member={text}&replaces={text}",
    "/console/members?q={text}&role={text}",
    "/console/members/new",
    "/console/stations",
    "/console/sign-in?next={text}",
    "/console/{text}",
    "/console/leads/{text}",
    "/console/records/{text}",
    "/console/records/{text}/new",
    "/console/records/service_order?state={text}",
    "/console/records/blank_sheet/new",
    "/console/records/blank_sheet/{text}",
    "/console/evaluations?state={text}",
    "/console/evaluations/{text}",
    "/console/participants?q={text}",
    "/console/participants/{text}",
    "/console/orders/new?participant={text}",
    "/console/orders/{text}",
)


class Elements(HTMLParser):
    """Every element and attribute that a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def assert_only_our_elements(page: str, where: str) -> None:
    found = Elements()
    found.feed(page)
    for tag, attributes in found.tags:
        assert tag not in {"iframe", "object", "embed", "style", "base", "meta http-equiv"}, (where, tag)
        if tag == "script":
            assert attributes.get("src") == "/static/console.js", where
        for name, value in attributes.items():
            assert not name.startswith(("on", "hx-on", "data-hx-")), (where, tag, name)
            if name in {"src", "href", "action", "formaction"} or name.startswith("hx-"):
                assert MARK not in (value or "").split("?")[0].replace("/console/leads/", ""), (where, name)
                assert not (value or "").lstrip().lower().startswith("javascript:"), (where, value)


@pytest.mark.parametrize("text", CORPUS)
def test_text_stays_text_on_every_page(rig: ConsoleRig, ids: Any, text: str):
    paths = [page.replace("{text}", text) for page in PAGES] + _fill_with(rig, ids, text)
    shown = 0
    for role in ("intake_clerk", "prosecutor", "chief_procurator", "security_officer", "township_staff"):
        assert role in TABLE
        shown += _walk(rig.as_role(role), paths)

    assert shown > 20, "the hostile text was hardly shown: the test looks at the wrong pages"


def _walk(browser: Browser, paths: list[str]) -> int:
    shown = 0
    for path in paths:
        for htmx in (False, True):
            answer = browser.get(path, htmx=htmx)
            assert answer.status_code < 500, (path, answer.text[:300])
            if answer.mimetype == "text/html":
                assert_only_our_elements(answer.text, path)
                shown += MARK in answer.text
    return shown


def _fill_with(rig: ConsoleRig, ids: Any, text: str) -> list[str]:
    """Put the text wherever people can, and return the addresses of what was made."""
    centre, short = rig.centre, text[:60]
    member = centre.services.directory.add_member(text)
    centre.services.directory.add_grant(member.id, "volunteer", "self", "2026-01-01T00:00:00Z")
    centre.services.directory.add_grant(member.id, "participant", "self", "2026-01-01T00:00:00Z")
    phone = centre.phone(member.id)
    station = centre.desk(
        "station", station_body(name=short, host_unit=short, address=text, open_hours=text)
    ).id
    order = centre.desk(
        "service_order", order_body(member.id, [station], order_no=text[:40], display_code=text[:12])
    ).id
    evaluation = centre.desk("evaluation", {"order": order, "participant_statement": text}).id
    lead = phone.lead(title=short, description=text * 3, place_text=text, no_photo_reason=text)
    with_photo = phone.lead(title=short, media=[photo()])
    body = {"kind": "in", "order": order, "station": station, "station_version": 1, "note": text}
    event = phone.write(
        "check_event:01j00000000000000000000000", "participant", body, parts={"fix": fix_part()}
    )
    unknown = phone.lead(**{f"{text}": text})
    supplement = phone.step(lead["entry"]["id"], [lead["entry"]["hash"]], "supplement", fields={"note": text})
    centre.send(lead, with_photo, event, unknown, supplement)
    centre.work()
    return [
        f"/console/leads/{lead['entry']['id']}",
        f"/console/leads/{with_photo['entry']['id']}",
        f"/console/check-events/{event['entry']['id']}",
        f"/console/stations/{station}",
        f"/console/records/service_order/{order}",
        f"/console/evaluations/{evaluation}",
        f"/console/orders/{order}",
        f"/console/members/{member.id}",
        f"/console/devices/{phone.device}",
        f"/console/quarantine/entry:{unknown['_id']}",
    ]
