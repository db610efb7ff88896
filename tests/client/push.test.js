/** Push: what the state says is missing, whatever one row does (DESIGN 2, "Push"). */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { push } from "../../client/src/log/push.js";
import { batches, missingEntries } from "../../client/src/log/push_plan.js";
import { fetchState } from "../../client/src/log/state.js";
import { enrolledPhone, lead, place } from "./phones.js";

async function withLeads(t, count, prepare) {
  const opened = await enrolledPhone(t, prepare);
  const ids = [];
  for (let n = 0; n < count; n += 1) ids.push((await opened.phone.append(lead(`第${n}条`))).id);
  await fetchState(opened.phone.store, opened.phone.session);
  const send = () => push(opened.phone.store, opened.phone.session);
  const ask = () => fetchState(opened.phone.store, opened.phone.session);
  return { ...opened, ids, send, ask };
}

describe("push", () => {
  it("sends every entry once, zipped, and is silent when nothing is missing", async (t) => {
    const { server, send } = await withLeads(t, 5);
    await send();
    await send();
    assert.equal(server.rows.size, 5);
    assert.equal(server.count("POST", "/db/logs"), 1);
    assert.equal(server.requests.find((seen) => seen.path === "/db/logs/_bulk_docs").headers["content-encoding"], "gzip");
  });

  it("one row that spoils the batch is sent alone, named in a header; the others arrive", async (t) => {
    const { server, ids, send, phone } = await withLeads(t, 8, (made) => { made.spoils = /第5条/; });
    await send();
    assert.equal(server.rows.size, 7);
    assert.deepEqual([...server.opaque.keys()], ["d01jd0000000000000000000001:0000000006"]);
    assert.equal(await place(phone, ids[5]), "needs_you");
    assert.equal(await place(phone, ids[4]), "at_centre_checking");
  });

  it("a row that the door takes in no form stays unsent and says so, and is not sent on every pass", async (t) => {
    const { server, ids, send, phone } = await withLeads(t, 3, (made) => { made.spoils = /第1条/; made.takesNothing = true; });
    await send();
    const asked = server.requests.length;
    await send();
    const row = await phone.entry(ids[1]);
    assert.equal(server.requests.length, asked);
    assert.deepEqual(row.place.reasons, [{ code: "door_will_not_take", params: { status: 413 } }]);
    assert.equal((await phone.unsent()).entries, 1);
  });

  it("a row answered forbidden is shown with the door's reason; the verdict then has the word", async (t) => {
    const { server, ids, send, ask, phone } = await withLeads(t, 2, (made) => { made.refuse = ({ entry }) => (entry.entry === 2 ? "bad shape" : null); });
    await send();
    assert.deepEqual((await phone.entry(ids[1])).place.reasons, [{ code: "door_refused", params: { reason: "bad shape" } }]);
    const { hash } = await phone.entry(ids[1]);
    server.verdicts.push({ entry: 2, hash, verdict: "admitted", reasons: [], media: [] });
    await ask();
    assert.equal(await place(phone, ids[1]), "received");
  });

  it("an answer cut off marks nothing as sent, and the next push sends again", async (t) => {
    const { server, ids, send, phone } = await withLeads(t, 2);
    let cuts = 1;
    server.intercept = (seen) => (seen.path.startsWith("/db/logs") && cuts-- > 0 ? "cut" : null);
    await assert.rejects(send(), { code: "server_away" });
    assert.equal(await place(phone, ids[0]), "on_phone");
    await send();
    assert.equal(await place(phone, ids[0]), "at_centre_checking");
  });

  it("a busy server says when to come back", async (t) => {
    const { server, send } = await withLeads(t, 1);
    server.intercept = (seen) => (seen.path.startsWith("/db/logs") ? { status: 503, json: { error: "busy" }, headers: { "Retry-After": "7" } } : null);
    await assert.rejects(send(), { code: "busy", params: { retry_after_s: 7 } });
  });

  it("250 entries go in three batches", async (t) => {
    const { server, send } = await withLeads(t, 250);
    await send();
    assert.equal(server.rows.size, 250);
    assert.equal(server.count("POST", "/db/logs"), 3);
  });
});

describe("what is missing", () => {
  const now = 1_000_000;
  const state = { epoch: "e", ack: { through: 3, beyond: [[6, 7]] }, through_before: 0 };
  const known = (more) => ({ numbers: [1, 2, 3, 4, 5, 6, 7, 8], state, sent: [], nowMs: now, ...more });

  it("is what neither the prefix nor a range beyond it covers", () => assert.deepEqual(missingEntries(known({})), [4, 5, 8]));

  it("leaves out what the door has just taken", () => {
    assert.deepEqual(missingEntries(known({ sent: [{ entry: 4, epoch: "e", at_ms: now - 1000, is_taken: true }] })), [5, 8]);
  });

  it("holds again what was taken two minutes ago and never acknowledged", () => {
    assert.deepEqual(missingEntries(known({ sent: [{ entry: 4, epoch: "e", at_ms: now - 120_000, is_taken: true }] })), [4, 5, 8]);
  });

  it("holds what was sent in another epoch", () => {
    assert.deepEqual(missingEntries(known({ sent: [{ entry: 4, epoch: "before", at_ms: now, is_taken: true }] })), [4, 5, 8]);
  });

  it("is only what is new while a restored server still reads its logs", () => {
    assert.deepEqual(missingEntries(known({ state: { epoch: "e2", ack: null, through_before: 7 } })), [8]);
  });

  it("is everything before the first state", () => assert.equal(missingEntries(known({ state: null })).length, 8));

  it("is cut into batches by count and by bytes", () => {
    const sizes = (made) => made.map((batch) => batch.length);
    assert.deepEqual(sizes(batches(Array.from({ length: 101 }, () => ({ bytes: 10 })))), [100, 1]);
    assert.deepEqual(sizes(batches([{ bytes: 600_000 }, { bytes: 600_000 }, { bytes: 100 }])), [1, 2]);
    assert.deepEqual(batches([]), []);
  });
});
