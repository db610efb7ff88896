/** Sessions and orders: no answer of the server wipes anything; only an order that it signed for this device does (DESIGN 2, "Wipe"). */
import { freshName } from "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPhone } from "../../client/src/log/phone.js";
import { runPass } from "../../client/src/sync/pass.js";
import { FakeCouch } from "./fake_couch.js";
import { FakeServer } from "./fake_server.js";
import { CODE, enrolledPhone, lead, leadWithPhoto, place } from "./phones.js";

describe("enrolment", () => {
  async function strangers(t) {
    const server = await new FakeServer().start();
    t.after(() => server.stop());
    const phone = await openPhone({ build: "test", name: freshName(), origin: server.origin, fetch: server.browserFetch() });
    t.after(() => phone.store.close());
    return { server, phone };
  }

  it("keeps who we are and registers two public keys", async (t) => {
    const { server, phone } = await strangers(t);
    const identity = await phone.enrol({ code: CODE, label: "手机" });
    assert.equal(identity.display_name, "张三");
    assert.equal(identity.server_key, undefined);
    const sent = JSON.parse(server.requests.find((seen) => seen.path === "/sync/enrol").body);
    assert.deepEqual(Object.keys(sent.sign_key).sort(), ["crv", "kty", "x", "y"]);
    assert.notEqual(sent.sign_key.x, sent.agree_key.x);
  });

  it("a wrong code is said beside the code, and nothing is kept", async (t) => {
    const { phone } = await strangers(t);
    await assert.rejects(phone.enrol({ code: "0000000000", label: "" }), { code: "code_refused", path: "code" });
    assert.equal(await phone.identity(), null);
  });

  it("an answer that was lost is asked for again with the same keys", async (t) => {
    const { server, phone } = await strangers(t);
    server.intercept = () => "cut";
    await assert.rejects(phone.enrol({ code: CODE, label: "" }), { code: "server_away" });
    server.intercept = () => null;
    await phone.enrol({ code: CODE, label: "" });
    const keys = server.requests.filter((seen) => seen.path === "/sync/enrol").map((seen) => JSON.parse(seen.body).sign_key.x);
    assert.equal(keys[0], keys[1]);
  });

  it("a second enrolment is refused unless the server asked for it; the first device's log stays", async (t) => {
    const { server, phone } = await strangers(t);
    await phone.enrol({ code: CODE, label: "" });
    await assert.rejects(phone.enrol({ code: CODE, label: "" }), { code: "already_enrolled" });
    const { id } = await phone.append(lead());
    server.orders = [await server.sign({ id: "o1", device: (await phone.identity()).device, kind: "re_enrol", at: "2026-11-23T08:00:00Z" })];
    await runPass(phone);
    server.device = "d01jd0000000000000000000009";
    await phone.enrol({ code: CODE, label: "" });
    assert.equal((await phone.identity()).must_re_enrol, false);
    const second = await phone.append(lead());
    assert.deepEqual([second.device, second.entry], ["d01jd0000000000000000000009", 1]);
    assert.equal((await phone.entry(id)).entry, 1);
    assert.equal((await phone.entries()).length, 2);
  });
});

describe("a session", () => {
  it("that is over is renewed by the key, once for all who ask", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    server.sessions.clear();
    const asked = ["/sync/state?a", "/sync/state?b", "/sync/state?c"].map((path) => phone.session.request(path));
    assert.deepEqual((await Promise.all(asked)).map((response) => response.status), [200, 200, 200]);
    assert.equal(server.count("POST", "/sync/session"), 1);
  });

  it("that the server refuses ends the pass in words, and everything is still here", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    const id = await leadWithPhoto(phone);
    server.sessions.clear();
    server.deviceKey = (await server.sign({}), server.jwk); // another key than the phone's
    const { failure } = await runPass(phone);
    assert.equal(failure.code, "sign_in_refused");
    assert.equal((await phone.status()).steps.state.code, "sign_in_refused");
    assert.equal(await place(phone, id), "on_phone");
    assert.ok(await phone.media.blob(id, 1));
  });

  it("revoked: the log is still handed in and the state read; feeds and drafts stay on the phone", async (t) => {
    const couch = new FakeCouch();
    await couch.feed("catalog-aaaaaaaaaaaa", [{ _id: "station:1", type: "station" }]);
    const { server, phone } = await enrolledPhone(t, (made) => { made.couch = couch.routes; made.feeds = { "catalog-aaaaaaaaaaaa": 1 }; });
    await runPass(phone);
    const draft = await phone.drafts.begin("lead");
    server.isRevoked = true;
    server.feeds = { "catalog-aaaaaaaaaaaa": 2 };
    const { id } = await phone.append(lead());
    await runPass(phone);
    assert.equal(server.rows.size, 1);
    assert.equal(await place(phone, id), "at_centre_checking");
    assert.equal((await phone.identity()).revoked, true);
    assert.equal((await phone.status()).steps.feeds.code, "revoked");
    assert.ok(await phone.drafts.get(draft.id));
    assert.ok((await phone.store.getMeta("feeds")).catalog);
  });

  it("every request says which build asks", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    await runPass(phone);
    assert.deepEqual([...new Set(server.requests.map((seen) => seen.headers["liandong-app"]))], ["test"]);
  });
});

describe("orders", () => {
  async function ordered(t, change = (order) => order) {
    const couch = new FakeCouch();
    await couch.feed("catalog-aaaaaaaaaaaa", [{ _id: "station:1", type: "station" }]);
    await couch.feed("member-ff-aaaaaaaaaaaa", []);
    const { server, phone } = await enrolledPhone(t, (made) => {
      made.couch = couch.routes;
      made.feeds = { "catalog-aaaaaaaaaaaa": 1, "member-ff-aaaaaaaaaaaa": 1 };
    });
    const { id } = await phone.append(lead());
    await runPass(phone);
    const { device } = await phone.identity();
    server.feeds = {};
    server.orders = [change(await server.sign({ id: "o1", device, kind: "wipe", feeds: ["member-ff"], at: "2026-11-23T08:00:00Z" }))];
    await runPass(phone);
    return { phone, id, feeds: Object.keys(await phone.store.getMeta("feeds")) };
  }

  it("a wipe destroys the feeds it names, and nothing of the log", async (t) => {
    const { phone, id, feeds } = await ordered(t);
    assert.deepEqual(feeds, ["catalog"]);
    assert.ok(await phone.entry(id));
  });

  it("a wipe whose words were changed is ignored", async (t) => {
    assert.deepEqual((await ordered(t, (order) => ({ ...order, feeds: ["*"] }))).feeds, ["catalog", "member-ff"]);
  });

  it("a wipe without a signature is ignored", async (t) => {
    assert.deepEqual((await ordered(t, ({ sig: _sig, ...order }) => order)).feeds, ["catalog", "member-ff"]);
  });

  it("an order for another device is ignored", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    server.orders = [await server.sign({ id: "o1", device: "d01jd0000000000000000000077", kind: "lock", at: "2026-11-23T08:00:00Z" })];
    await runPass(phone);
    assert.equal((await phone.identity()).locked, false);
  });

  it("a lock locks, once: a person who unlocked is not locked again by the same order", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    const { device } = await phone.identity();
    server.orders = [await server.sign({ id: "o1", device, kind: "lock", at: "2026-11-23T08:00:00Z" })];
    await runPass(phone);
    assert.equal((await phone.identity()).locked, true);
    await phone.unlock();
    await runPass(phone);
    assert.equal((await phone.identity()).locked, false);
  });
});
