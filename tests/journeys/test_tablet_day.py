"""A station's tablet for a day without a network, two people at it, then the evening's sync."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from server.identity.tablets import replace_secret
from server.records.station_code import matches, outcome_of
from tests.support.browser import Profile
from tests.support.centre import centre, until
from tests.support.field_phone import PATIENCE_MS, say
from tests.support.offered_service import await_state, draft_evaluation
from tests.support.photos import write_photo
from tests.support.tablet import StationOffice, Tablet

HASH = "4f" * 32
POINTS = {"attendance": 95, "attitude": 90, "work_quality": 88, "rule_keeping": 100}
EVERYTHING_KEPT = """async () => {
  const result = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const said = (value) => value instanceof CryptoKey ? `key ${value.type} ${value.extractable}` : value;
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await result(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = await result(db.transaction(store).objectStore(store).getAll());
      texts.push(JSON.stringify(rows, (key, value) => ArrayBuffer.isView(value) ? [...value] : said(value)));
    }
    db.close();
  }
  return texts.join("\\n");
}"""
EXPORT_SECRET = """async () => {
  const result = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const db = await result(indexedDB.open("liandong"));
  const { key } = await result(db.transaction("keys").objectStore("keys").get("station_secret"));
  db.close();
  return crypto.subtle.exportKey("raw", key).then(() => "exported", (error) => error.name);
}"""


@pytest.fixture
def office(world) -> StationOffice:
    return StationOffice(world.data, world.county.station)


@pytest.fixture
def tablet(world, office) -> Tablet:
    profile = Profile(world.driver, world.folder / "tablet", page_mode=world.page_mode)
    world.profiles.append(profile)
    one = Tablet(profile, world.origin)
    one.open()
    one.enrol(office.tablet_code())
    return one


@pytest.fixture
def zhao(office):
    return office.supervisor("赵督导", "258036")


@pytest.fixture
def qian(office):
    return office.supervisor("钱督导", "741963")


@pytest.fixture
def begun(tablet, office, zhao, qian) -> Tablet:
    """Both have begun, and the feeds have come."""
    tablet.work()
    for operator in (zhao, qian):
        tablet.begin(office.operator_code(operator.member), operator.pin)
        expect(tablet.tile("甲-01")).to_be_visible(timeout=PATIENCE_MS)
        tablet.lock()
        tablet.work()
    tablet.page.locator("header a").first.click()
    expect(tablet.digits()).to_be_visible()
    return tablet


def cut_off(world, *, is_off: bool) -> None:
    world.proxy.is_refusing = is_off
    if is_off:
        world.proxy.reset_all()


class TestADayWithoutNetwork:
    """Confirm, deny, lines of paper; each entry is by whoever acted (DESIGN 7; DOMAIN 4, rows 17 and 31)."""

    def test_what_two_people_wrote_offline_is_received_as_theirs(self, world, begun, zhao, qian, tmp_path):
        cut_off(world, is_off=True)
        self._morning(world, begun, zhao)
        self._afternoon(begun, qian, tmp_path)
        begun.place("records")
        expect(begun.page.locator(".written li")).to_have_count(6)
        expect(begun.page.locator(".written .where-on_phone")).to_have_count(6)

        cut_off(world, is_off=False)
        begun.page.get_by_role("button", name=say("phone.station.sync_now")).click()

        expect(begun.page.locator(".written .where-received")).to_have_count(6, timeout=PATIENCE_MS)
        with centre(world.data) as seen:
            self._check(world, seen, zhao, qian)

    def _morning(self, world, tablet, zhao):
        if not world.page_mode:
            tablet.close()
            tablet.open()  # cold, from the worker alone
        tablet.unlock(zhao)
        tablet.expect_roster()
        expect(tablet.tile("甲-01")).to_contain_text(say("phone.station.not_here"))
        tablet.choose("甲-01", "in")
        tablet.seal(zhao)
        tablet.expect_saved()
        expect(tablet.tile("甲-01")).to_contain_text(say("phone.station.is_here"))
        tablet.choose("甲-01", "sup_confirm")
        # As the scanner leaves it: its camera is tried in tests of its own.
        tablet.page.evaluate(
            "hash => { document.querySelector('#act [name=scan]').value = `LD2:${hash}`; }", HASH
        )
        tablet.page.locator("#act").get_by_label("4", exact=True).check()
        tablet.seal(zhao)
        tablet.expect_saved()

    def _afternoon(self, tablet, qian, tmp_path):
        # It stands open for the one, and the other acts by a PIN of their own.
        tablet.choose("乙-02", "sup_confirm")
        tablet.page.locator("#act [name=short]").fill("4F 4f4 f")
        tablet.seal(qian)
        tablet.expect_saved()
        tablet.choose("乙-02", "sup_deny")
        tablet.seal(qian)
        expect(tablet.page.locator("#reason-note")).to_have_text(say("phone.form.missing"))
        tablet.page.locator("#act [name=reason]").fill("上午没有见到本人")
        tablet.seal(qian)
        tablet.expect_saved()
        self._sheet(tablet, qian, tmp_path)

    def _sheet(self, tablet, qian, tmp_path):
        write_photo(tmp_path / "sheet.jpg", seed=3)
        tablet.place("sheets")
        tablet.page.locator("#sheet [name=number]").fill("ZA-0007")
        tablet.put_photo(tmp_path / "sheet.jpg")
        tablet.page.get_by_role("button", name=say("phone.station.sheet_begin")).click()
        for code, times in (("甲-01", ("08:30", "11:30")), ("乙-02", ("09:00", "10:15"))):
            line = tablet.page.locator("#line")
            line.locator("[name=order]").select_option(label=code)
            line.locator("[name=came]").fill(times[0])
            line.locator("[name=went]").fill(times[1])
            line.locator("[name=came_again]").fill("07:00")
            line.locator("[name=went_again]").fill(times[1])
            line.get_by_role("button").click()
            expect(tablet.page.locator("#came_again-note")).to_have_text(say("phone.station.times_differ"))
            tablet.page.locator("#line [name=came_again]").fill(times[0])
            tablet.page.locator("#line").get_by_role("button").click()
            expect(tablet.page.locator(".sheet-lines li", has_text=code)).to_be_visible()
        tablet.seal(qian)
        tablet.expect_saved(2)

    @staticmethod
    def _check(world, seen, zhao, qian):
        entries = [
            row.doc["entry"]
            for row in seen.services.couch.open("central").all_docs(
                start="check_event:", end="check_event;", include_docs=True
            )
        ]
        (device,) = {entry["device"] for entry in entries}
        assert seen.services.directory.device(device).kind == "tablet"
        entries.sort(key=lambda entry: entry["entry"])
        told = [
            (e["author"], e["role"], e["body"]["kind"], e["body"].get("about"), e["body"]["order"])
            for e in entries
        ]
        one, other = world.county.order, world.county.other_order
        assert told == [
            (zhao.member, "supervisor", "in", None, one),
            (zhao.member, "supervisor", "sup_confirm", HASH, one),
            (qian.member, "supervisor", "sup_confirm", "4f4f4f", other),
            (qian.member, "supervisor", "sup_deny", None, other),
            (qian.member, "supervisor", "sheet_line", None, one),
            (qian.member, "supervisor", "sheet_line", None, other),
        ]
        assert entries[1]["body"]["rating"] == 4
        assert [e["body"]["sheet"] for e in entries[4:]] == [
            {"number": "ZA-0007", "line": 1},
            {"number": "ZA-0007", "line": 2},
        ]
        until(lambda: all(seen.stored_hashes(e["id"]) for e in entries[4:]))


class TestAnEvaluation:
    """The station's evaluation is written at the tablet, without a network too (DOMAIN 3.7)."""

    def test_what_was_written_offline_is_the_stations_word_at_the_centre(self, world, begun, qian):
        evaluation = draft_evaluation(world.data, world.county.order)
        page = begun.page
        begun.unlock(qian)
        page.get_by_role("link", name=say("phone.station.evaluation.of", code="甲-01")).wait_for(
            timeout=PATIENCE_MS
        )
        cut_off(world, is_off=True)
        page.get_by_role("link", name=say("phone.station.evaluation.of", code="甲-01")).click()
        for name, points in POINTS.items():
            page.locator(f"#act [name={name}]").fill(str(points))
        page.get_by_label(say("phone.service.evaluation.grade_qualified"), exact=True).check(force=True)
        page.locator("#act [name=station_comment]").fill("按时到场，做事认真。")
        begun.seal(qian)
        begun.expect_saved()
        expect(page.locator("#to-write a")).to_have_count(0)

        cut_off(world, is_off=False)
        begun.place("records")
        page.get_by_role("button", name=say("phone.station.sync_now")).click()

        await_state(world.data, evaluation, "station_submitted")
        with centre(world.data) as seen:
            state = seen.services.readmodel.record(evaluation).state
        assert {name: state.value(name) for name in POINTS} == POINTS
        assert [(row.action, row.author) for row in state.history] == [("submit", qian.member)]


class TestWhoMayAct:
    """PIN guesses, a locked tablet, a person whose grant ended (DOMAIN 4, row 17)."""

    def test_a_wrong_pin_records_nothing_and_guessing_is_slowed(self, begun, zhao, qian):
        begun.unlock(zhao, "111222")
        expect(begun.page.locator("#pin-note")).to_contain_text(say("phone_error.pin_wrong", left=9))
        for _ in range(2):
            begun.page.locator("#open [name=pin]").fill("111222")
            begun.page.get_by_role("button", name=say("phone.station.open_submit")).click()
        expect(begun.page.locator("#pin-note")).to_contain_text(say("phone_error.pin_wrong", left=7))
        begun.page.locator("#open [name=pin]").fill(zhao.pin)
        begun.page.get_by_role("button", name=say("phone.station.open_submit")).click()
        expect(begun.page.locator("#pin-note")).to_contain_text("口令错了几次")

        begun.page.locator("#open").get_by_label(qian.name, exact=True).check()
        begun.page.locator("#open [name=pin]").fill(qian.pin)
        begun.page.get_by_role("button", name=say("phone.station.open_submit")).click()
        begun.expect_roster()

    def test_a_locked_tablet_shows_the_code_and_no_roster(self, world, begun, zhao):
        begun.unlock(zhao)
        begun.expect_roster()
        begun.lock()

        if not world.page_mode:
            for path in ("roster", "records", "sheets"):
                begun.page.goto(f"{world.origin}/app/station/{path}", wait_until="domcontentloaded")
                expect(begun.page.locator("#open")).to_be_visible(timeout=PATIENCE_MS)
                assert "甲-01" not in begun.page.locator("body").inner_text()
            begun.page.goto(f"{world.origin}/app/mine", wait_until="domcontentloaded")
            expect(begun.digits()).to_be_visible(timeout=PATIENCE_MS)

    def test_whose_grant_ended_is_not_offered_after_the_next_sync(self, begun, office, zhao, qian):
        office.end_grants(zhao.member)

        begun.work()
        begun.page.locator("#open").wait_for()

        def is_gone() -> bool:
            begun.page.locator("header a").first.click()
            begun.work()
            begun.page.locator("#open").wait_for()
            return begun.page.locator("#open").get_by_text(zhao.name, exact=True).count() == 0

        until(is_gone)
        assert begun.page.locator("#open").get_by_text(qian.name, exact=True).count() == 1


class TestTheLock:
    """A tablet that nobody touches for two minutes locks itself (DOMAIN 4, row 17)."""

    def test_two_idle_minutes_lead_back_to_the_code_and_a_touch_puts_that_off(self, begun, zhao):
        begun.page.clock.install()
        begun.unlock(zhao)
        begun.expect_roster()

        begun.page.clock.fast_forward("01:50")
        begun.page.keyboard.press("Shift")
        begun.page.clock.fast_forward("01:50")
        begun.expect_roster()
        begun.page.clock.fast_forward("00:15")

        expect(begun.digits()).to_be_visible(timeout=PATIENCE_MS)


class TestALostTablet:
    """Revoking it replaces the secret: the station shows other digits from its next sync on (DESIGN 7)."""

    def test_the_one_that_stays_shows_the_next_secrets_digits_after_a_sync(self, world, tablet, office):
        def shown() -> str:
            with centre(world.data) as seen:
                secrets = seen.services.directory.station_secrets.all_of(office.station)
            value = tablet.digits().inner_text().replace(" ", "")
            now = datetime.now(UTC)
            return "".join(str(each.number) for each in secrets if matches(each.key, value, now))

        assert shown() == "1"
        with centre(world.data) as seen:
            replace_secret(seen.services.directory, office.station, datetime.now(UTC), "system")

        def shows_the_next() -> bool:
            tablet.page.goto(world.origin + "/app/station", wait_until="domcontentloaded")
            expect(tablet.digits()).to_be_visible(timeout=PATIENCE_MS)
            return shown() == "2"

        until(shows_the_next)


class TestTheSecret:
    """The code's secret is readable nowhere on the tablet (DESIGN 7)."""

    def test_it_stands_in_no_store_as_text_and_its_key_cannot_be_exported(self, world, tablet):
        with centre(world.data) as seen:
            secret = seen.services.directory.station_secrets.current(world.county.station).key
        kept = tablet.page.evaluate(EVERYTHING_KEPT)

        assert "key secret false" in kept
        assert "key secret true" not in kept
        assert secret.hex() not in kept
        assert ",".join(str(byte) for byte in secret) not in kept
        assert tablet.page.evaluate(EXPORT_SECRET) == "InvalidAccessError"

    def test_the_digits_are_those_that_the_centre_expects(self, world, tablet):
        shown = tablet.digits().inner_text().replace(" ", "")
        with centre(world.data) as seen:
            secrets = seen.services.directory.station_secrets.all_of(world.county.station)
        assert outcome_of(secrets, shown, datetime.now(UTC)) == "right"
