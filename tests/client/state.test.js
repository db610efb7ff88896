/** State: nothing is shown as received that the server, as it is now, does not hold (DESIGN 2 "State", 3 "Epoch"). */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeOf } from "../../client/src/log/place.js";
import { fetchState } from "../../client/src/log/state.js";
import { runPass } from "../../client/src/sync/pass.js";
import { enrolledPhone, lead, leadWithPhoto, place } from "./phones.js";

async function phoneWith(t, count, prepare) {
  const opened = await enrolledPhone(t, prepare);
  const ids = [];
  for (let n = 0; n < count; n += 1) ids.push((await opened.phone.append(lead())).id);
  return { ...opened, ids, pass: () => runPass(opened.phone), places: () => Promise.all(ids.map((id) => place(opened.phone, id))) };
}

describe("where an entry is", () => {
  it("goes from the phone to being checked to received, one pass each", async (t) => {
    const { server, pass, places } = await phoneWith(t, 1);
    assert.deepEqual(await places(), ["on_phone"]);
    await pass();
    assert.deepEqual(await places(), ["at_centre_checking"]);
    server.judge();
    await pass();
    assert.deepEqual(await places(), ["received"]);
  });

  it("verdicts come in pages and all are kept", async (t) => {
    const { server, pass, places } = await phoneWith(t, 7, (made) => { made.pageRows = 2; });
    await pass();
    server.judge();
    await pass();
    assert.deepEqual(new Set(await places()), new Set(["received"]));
  });

  it("a refused entry needs the person, with the reasons; the others go on", async (t) => {
    const { server, ids, pass, places, phone } = await phoneWith(t, 3);
    await pass();
    const reasons = [{ code: "wrong_role", params: { role: "volunteer" } }];
    server.judge(({ entry }) => (entry.entry === 2 ? { verdict: "refused", reasons } : { verdict: "accepted", reasons: [] }));
    await pass();
    assert.deepEqual(await places(), ["received", "needs_you", "received"]);
    assert.deepEqual((await phone.refusals()).map((row) => [row.id, row.place.reasons]), [[ids[1], reasons]]);
  });

  it("nothing to do is one request", async (t) => {
    const { server, pass } = await phoneWith(t, 1);
    await pass();
    server.judge();
    await pass();
    await pass();
    const before = server.requests.length;
    await pass();
    assert.deepEqual(server.requests.slice(before).map((seen) => [seen.path, seen.status]), [["/sync/state", 304]]);
  });
});

describe("a new epoch", () => {
  it("drops every received at once, and everything is sent again from through", async (t) => {
    const { server, pass, places } = await phoneWith(t, 4);
    await pass();
    server.judge();
    await pass();
    const kept = new Map([...server.rows].slice(0, 2));
    server.restore("bbbbbbbbbbbb");
    server.rows = new Map(kept);
    server.judge();
    server.isPaused = true;
    await pass();
    assert.deepEqual(await places(), Array(4).fill("at_centre_checking"));
    assert.equal(server.rows.size, 4);
    server.isPaused = false;
    server.judge();
    await pass();
    assert.deepEqual(await places(), Array(4).fill("received"));
  });

  it("says nothing is received while the server still reads its logs, and sends only what is new", async (t) => {
    const { server, pass, places, phone, ids } = await phoneWith(t, 2);
    await pass();
    server.judge();
    await pass();
    server.restore("bbbbbbbbbbbb");
    server.rows.clear();
    server.isReading = true;
    await pass();
    assert.deepEqual(await places(), ["on_phone", "on_phone"]);
    assert.equal(server.rows.size, 0);
    ids.push((await phone.append(lead())).id);
    await pass();
    assert.equal(server.rows.size, 1);
    server.isReading = false;
    await pass();
    assert.equal(server.rows.size, 3);
  });

  it("asks for all verdicts again, not from a cursor of before", async (t) => {
    // A server whose cursors are numbers in any epoch: an old one would skip what came before it.
    const { server, pass, places } = await phoneWith(t, 3, (made) => { made.areCursorsBare = true; });
    await pass();
    server.judge();
    await pass();
    server.restore("bbbbbbbbbbbb");
    server.judge();
    await pass();
    assert.deepEqual(await places(), ["received", "received", "received"]);
  });
});

describe("place", () => {
  const known = { hash: "h", entry: 2, epoch: "e", ack: { through: 0, beyond: [] } };
  const where = (more) => placeOf({ ...known, ...more }).where;
  const verdict = { hash: "h", verdict: "accepted", epoch: "e" };

  it("accepted or admitted with our hash is received", () => {
    assert.equal(where({ verdict }), "received");
    assert.equal(where({ verdict: { ...verdict, verdict: "admitted" } }), "received");
  });
  it("accepted with another hash is a fork, never received", () => {
    assert.deepEqual(placeOf({ ...known, verdict: { ...verdict, hash: "other" } }).reasons, [{ code: "fork", params: {} }]);
    assert.equal(where({ verdict: { ...verdict, hash: "other" } }), "needs_you");
  });
  it("bytes that the centre could not read need the person, for the centre's reason, and are never received", () => {
    const reasons = [{ code: "unreadable", params: {} }];
    const { where: at, reasons: said } = placeOf({ ...known, verdict: { ...verdict, hash: null, verdict: "refused", reasons } });
    assert.deepEqual([at, said], ["needs_you", reasons]);
    assert.equal(where({ verdict: { ...verdict, hash: null } }), "at_centre_checking");
  });
  it("a verdict of another epoch says nothing", () => assert.equal(where({ verdict: { ...verdict, epoch: "old" } }), "on_phone"));
  it("held, and a verdict of a newer server, are being checked", () => {
    assert.equal(where({ verdict: { ...verdict, verdict: "held" } }), "at_centre_checking");
    assert.equal(where({ verdict: { ...verdict, verdict: "some_day" } }), "at_centre_checking");
  });
  it("refused and kept out need the person", () => {
    assert.equal(where({ verdict: { ...verdict, verdict: "refused" } }), "needs_you");
    assert.equal(where({ verdict: { ...verdict, verdict: "kept_out" } }), "needs_you");
  });
  it("within through or beyond without a verdict row is being checked", () => {
    assert.equal(where({ ack: { through: 2, beyond: [] } }), "at_centre_checking");
    assert.equal(where({ ack: { through: 0, beyond: [[2, 2]] } }), "at_centre_checking");
  });
  it("sent in another epoch is on the phone", () => assert.equal(where({ sent: { epoch: "old", is_taken: true } }), "on_phone"));
});

describe("time", () => {
  it("the next entry names the last beacon, of a 304 as well", async (t) => {
    const { server, phone, pass } = await phoneWith(t, 0);
    await pass();
    await fetchState(phone.store, phone.session);
    assert.equal(server.requests.at(-1).status, 304);
    const beacon = await phone.store.getMeta("beacon");
    await phone.append(lead());
    const [{ sealed }] = await phone.store.rowsOf("log", (await phone.identity()).device);
    assert.equal(sealed.clock.beacon, beacon.hash);
    assert.ok(sealed.clock.since_ms >= 0 && sealed.clock.since_ms < 5000);
    assert.ok(Math.abs(sealed.clock.skew_ms) < 5000);
  });

  it("a beacon that the server did not sign is not kept", async (t) => {
    const { server, phone, pass } = await phoneWith(t, 0);
    const sign = server.sign.bind(server);
    server.sign = async (statement) => ({ ...(await sign(statement)), at: "2030-01-01T00:00:00Z" });
    await pass();
    assert.equal(await phone.store.getMeta("beacon"), undefined);
  });

  it("before the first beacon the clock says that it knows none", async (t) => {
    const { phone } = await phoneWith(t, 1);
    const [{ sealed }] = await phone.store.rowsOf("log", (await phone.identity()).device);
    assert.deepEqual(sealed.clock, { beacon: null, since_ms: null, skew_ms: 0 });
  });
});

describe("a copied profile", () => {
  it("must enrol again when the centre has entries of this device that this phone never wrote", async (t) => {
    const { server, phone, pass } = await phoneWith(t, 1);
    await pass();
    server.judge();
    server.verdicts.push({ entry: 2, hash: "x", verdict: "accepted", reasons: [], media: [] });
    await pass();
    assert.equal((await phone.identity()).must_re_enrol, true);
    assert.ok(await leadWithPhoto(phone));
  });
});
