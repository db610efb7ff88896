"""Two phones, two members: neither sees anything of the other by any route (ATTACKS 7, cases 6-13)."""

from __future__ import annotations

import json

from tests.journeys.forging import forge_source
from tests.support.centre import centre, until
from tests.support.photos import write_photo

FETCH = """async ([method, path, body]) => {
  const options = { method, headers: body ? { "Content-Type": "application/json" } : {} };
  if (body) options.body = JSON.stringify(body);
  const answer = await fetch(path, options);
  return [answer.status, await answer.text()];
}"""
FEEDS = """async () => {
  const texts = [];
  const result = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  for (const { name } of await indexedDB.databases()) {
    const db = await result(indexedDB.open(name));
    for (const store of db.objectStoreNames) {
      const rows = await result(db.transaction(store).objectStore(store).getAll());
      texts.push(JSON.stringify(rows));
    }
    db.close();
  }
  return texts.join("\\n");
}"""
FEED_IDS = """async () => {
  const db = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.includes("member-"));
  const result = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const found = [];
  for (const name of db) {
    const open = await result(indexedDB.open(name));
    const store = open.transaction("document-store").objectStore("document-store");
    const rows = await result(store.getAll());
    found.push(...rows.filter((row) => row.deletedOrLocal === "0").map((row) => row.id));
    open.close();
  }
  return found;
}"""
WRONG_ROLE = {
    "domain": "ECO",
    "domain_version": 2024,
    "title": "以参与人身份报告的线索",
    "description": "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝。",
    "observed_at": "2026-11-20T10:00:00+08:00",
    "place_text": "祝阿镇险工段",
    "urgency": "normal",
    "no_photo_reason": "测试",
}


class TestTwoMembers:
    def test_neither_phone_sees_the_others_records_media_device_or_alias(self, world, enrolled, tmp_path):
        one, other = enrolled(), enrolled(world.county.other, "other-phone")
        write_photo(tmp_path / "photo.jpg", seed=11)
        lead = one.report_lead("甲的线索", [tmp_path / "photo.jpg"])
        own = other.report_lead("乙的线索", [tmp_path / "photo.jpg"])
        for phone, record in ((one, lead), (other, own)):
            phone.expect_where(record, "received")
        secrets = self._secrets_of(world, lead)

        held = other.page.evaluate(FEEDS)
        assert own in held
        assert [name for name, secret in secrets.items() if name != "epoch" and secret in held] == []
        for method, path, body in self._routes(secrets, own):
            status, said = other.page.evaluate(FETCH, [method, path, body])
            assert (path, status) == (path, self._expected(path, method))
            assert "甲的线索" not in said
        self._foreign_and_unknown_look_the_same(other, secrets)

    @staticmethod
    def _secrets_of(world, lead):
        with centre(world.data) as seen:
            member = world.county.both
            return {
                "lead": lead,
                "device": seen.device_of(member),
                "member": member,
                "alias": seen.services.directory.alias("feed", member),
                "order": world.county.order,
                "epoch": seen.services.epoch,
            }

    @staticmethod
    def _routes(found, own):
        feed = f"/db/member-{found['alias']}-{found['epoch']}"
        log = f"{found['device']}:0000000001"
        bulk = {"docs": [{"id": found["lead"]}]}
        reads = [f"{feed}/{found['lead']}", f"{feed}/_changes", f"{feed}/_all_docs", feed, f"{feed}/"]
        reads += [
            f"/db/logs/{log}",
            "/db/logs/_all_docs",
            "/db/central/" + found["lead"],
            "/db/central/_changes",
        ]
        reads += ["/db/accounts/_all_docs", "/db/audit/_changes", "/db/_all_dbs", "/db/no-such-database/x"]
        reads += [
            feed.replace("member", "%6dember") + "/_changes",
            feed.upper().replace("/DB", "/db") + "/_changes",
        ]
        reads += [f"/media/{found['lead']}/1", f"/media/{found['lead']}/1/original", f"/media/{own}/9"]
        writes = [(f"{feed}/_bulk_get", bulk), (f"{feed}/_revs_diff", {found["lead"]: ["1-" + "0" * 32]})]
        writes += [
            ("/db/central/_bulk_docs", {"docs": [{"_id": "x"}]}),
            (f"{feed}/_bulk_docs", {"docs": [{"_id": "x"}]}),
        ]
        return [("GET", path, None) for path in reads] + [("POST", path, body) for path, body in writes]

    @staticmethod
    def _expected(path, _method):
        return 404 if path.startswith("/media/") else 403

    @staticmethod
    def _foreign_and_unknown_look_the_same(phone, found):
        feed = f"/db/member-{found['alias']}-{found['epoch']}"
        nobodys = f"/db/member-{'0' * 20}-{found['epoch']}"
        for tail in ("", f"/{found['lead']}", "/_changes?since=0"):
            foreign = phone.page.evaluate(FETCH, ["GET", feed + tail, None])
            assert foreign == phone.page.evaluate(FETCH, ["GET", nobodys + tail, None])
            assert json.loads(foreign[1])["error"] == "forbidden"

    def test_a_record_that_is_no_longer_published_disappears_from_the_phone(self, world, enrolled):
        phone = enrolled()
        phone.page.evaluate(forge_source())
        forged = phone.page.evaluate("body => forge.append({ role: 'participant', body })", WRONG_ROLE)
        phone.expect_where(forged["id"], "needs_you")
        desk = world.desk()
        desk.sign_in()
        with centre(world.data) as seen:
            device = seen.device_of(world.county.both)
        desk.judge_entry(device, forged["entry"], "admitted", "职务写错，内容属实")
        phone.expect_where(forged["id"], "received")
        with centre(world.data) as seen:
            audience = f"member-{seen.services.directory.alias('feed', world.county.both)}"
        until(lambda: forged["id"] in phone.page.evaluate(FEED_IDS))

        with centre(world.data) as seen:
            body = {"device": device, "entry": forged["entry"], "hash": forged["hash"]}
            kept_out = body | {"verdict": "kept_out", "reason": "复核后不予采纳"}
            seen.services.desk.append("admission", kept_out, author=world.county.clerk, role="intake_clerk")

        phone.expect_where(forged["id"], "needs_you")
        until(lambda: forged["id"] not in phone.page.evaluate(FEED_IDS))
        with centre(world.data) as seen:
            assert forged["id"] not in seen.feed(audience)
