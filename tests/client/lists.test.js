/** Lists read what they show: the open entries, the newest, and a digest of the feed; what they say is the same as reading all would. */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestKey, digestOf, joinedDigest } from "../../client/src/feeds/digest.js";
import { openFeeds } from "../../client/src/feeds/views.js";
import { runPass } from "../../client/src/sync/pass.js";
import { FakeCouch } from "./fake_couch.js";
import { enrolledPhone, lead, leadWithPhoto } from "./phones.js";

async function phoneWith(t, count) {
  const opened = await enrolledPhone(t);
  const { server, phone } = opened;
  const ids = [];
  for (let n = 1; n <= count; n += 1) ids.push((await phone.append(lead(`第 ${n} 条`))).id);
  const settle = async (verdictOf) => {
    await runPass(phone);
    server.judge(verdictOf);
    await runPass(phone);
    await runPass(phone);
  };
  const settled = () => phone.store.getMeta("settled:d01jd0000000000000000000001");
  return { ...opened, ids, settle, settled };
}

const refused = { verdict: "refused", reasons: [{ code: "wrong_role", params: {} }] };
const accepted = { verdict: "accepted", reasons: [] };
const idsOf = (rows) => rows.map(({ id }) => id);

describe("the settled part of the log", () => {
  it("ends nowhere near what is refused: that is read alone", async (t) => {
    const { phone, ids, settle, settled } = await phoneWith(t, 4);
    await settle(({ entry }) => (entry.entry === 2 ? refused : accepted));
    assert.deepEqual(await settled(), { epoch: "aaaaaaaaaaaa", through: 4, open: [2] });
    assert.deepEqual(idsOf(await phone.open()), [ids[1]]);
    assert.deepEqual(idsOf(await phone.refusals()), [ids[1]]);
  });

  it("does not hide what is recorded after it", async (t) => {
    const { phone, settle } = await phoneWith(t, 2);
    await settle();
    const { id } = await phone.append(lead());
    assert.deepEqual(idsOf(await phone.open()), [id]);
    assert.equal((await phone.unsent()).entries, 1);
  });

  it("ends when the centre thinks again of what it covers", async (t) => {
    const { server, phone, ids, settle } = await phoneWith(t, 3);
    await settle();
    assert.deepEqual(await phone.open(), []);
    server.verdicts.push({ ...server.verdicts.find((row) => row.entry === 1), verdict: "kept_out", reasons: [] });
    await runPass(phone);
    assert.deepEqual(idsOf(await phone.refusals()), [ids[0]]);
  });

  it("holds for one epoch: a restored server has received nothing", async (t) => {
    const { server, phone, settle } = await phoneWith(t, 3);
    await settle();
    server.restore("bbbbbbbbbbbb");
    server.isPaused = true;
    await runPass(phone);
    assert.equal((await phone.open()).length, 3);
  });

  it("leaves an entry open while its photo is not verified", async (t) => {
    const { server, phone, settle } = await phoneWith(t, 0);
    const id = await leadWithPhoto(phone, "abc");
    server.intercept = (seen) => (seen.path.startsWith("/sync/media/") ? "cut" : null);
    await settle();
    assert.deepEqual(idsOf(await phone.open()), [id]);
    assert.equal((await phone.unsent()).photos, 1);
  });
});

describe("the newest entries", () => {
  it("are the last of the log with the number of all", async (t) => {
    const { phone, ids } = await phoneWith(t, 5);
    const { rows, count } = await phone.recent(2);
    assert.deepEqual([idsOf(rows), count], [[ids[4], ids[3]], 5]);
    assert.deepEqual(idsOf((await phone.recent(1)).rows), [ids[4]]);
    assert.deepEqual(idsOf((await phone.recent(99)).rows), ids.toReversed());
  });

  it("of a phone that has written none are none", async (t) => {
    const { phone } = await phoneWith(t, 0);
    assert.deepEqual(await phone.recent(50), { rows: [], count: 0 });
  });
});

describe("the digest of a feed", () => {
  const view = (n, more) => ({ _id: `lead:${n}`, type: "lead", title: `t${n}`, at: `2026-11-0${n}`, history: ["long"], ...more });
  const FEED = "member-abc-aaaaaaaaaaaa";

  it("holds the newest and all that wait for their author, as a list shows them", () => {
    const digest = digestOf([view(1, { state: "returned" }), view(3), view(2)], 2);
    assert.deepEqual([digest.count, digest.newest.map(({ _id }) => _id), digest.waiting.map(({ _id }) => _id)], [3, ["lead:3", "lead:2"], ["lead:1"]]);
    assert.equal("history" in digest.newest[0], false);
  });

  it("of several feeds is one list", () => {
    const both = joinedDigest([digestOf([view(1)]), digestOf([view(2)])]);
    assert.deepEqual([both.count, both.newest.map(({ _id }) => _id)], [2, ["lead:2", "lead:1"]]);
  });

  it("is kept with each pull, and read instead of the views", async (t) => {
    const couch = new FakeCouch();
    const { server, phone } = await enrolledPhone(t, (made) => { made.couch = couch.routes; });
    await couch.feed(FEED, [view(1), view(2, { state: "returned" })]);
    server.feeds[FEED] = 1;
    await runPass(phone);
    assert.equal((await phone.store.getMeta(digestKey(FEED))).count, 2);
    const feeds = openFeeds(phone);
    t.after(feeds.close);
    const { newest, waiting } = await feeds.ownNewest(50);
    assert.deepEqual([newest.length, waiting.map(({ _id }) => _id)], [2, ["lead:2"]]);
    assert.equal((await feeds.ownView("lead:1")).history[0], "long");
    assert.equal(await feeds.ownView("lead:9"), null);
  });
});
