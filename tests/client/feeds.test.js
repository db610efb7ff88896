/** Feeds: ordinary pull, by epoch, and what leaves the feed leaves the phone (DESIGN 1 and 3). */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { wipeFeeds } from "../../client/src/feeds/pull.js";
import { feedsToPull, shownFeeds } from "../../client/src/feeds/plan.js";
import { openFeeds } from "../../client/src/feeds/views.js";
import { openPhone } from "../../client/src/log/phone.js";
import { runPass } from "../../client/src/sync/pass.js";
import { FakeCouch } from "./fake_couch.js";
import { enrolledPhone } from "./phones.js";

const station = (n, more) => ({ _id: `station:${String(n).padStart(4, "0")}`, type: "station", name: `站${n}`, ...more });

async function withFeeds(t, feeds) {
  const couch = new FakeCouch();
  const opened = await enrolledPhone(t, (server) => { server.couch = couch.routes; });
  for (const [name, documents] of Object.entries(feeds)) {
    await couch.feed(name, documents);
    opened.server.feeds[name] = 1;
  }
  const views = openFeeds(opened.phone);
  t.after(views.close);
  return { ...opened, couch, views, pass: () => runPass(opened.phone) };
}

const feedRequests = (server) => server.requests.filter(({ path }) => path.startsWith("/db/") && !path.startsWith("/db/logs")).length;
/** News between contexts takes a turn of the event loop. */
const heard = () => new Promise((resolve) => { setTimeout(resolve, 20); });

describe("pull", () => {
  it("brings 1,200 views, in pages, and writes nothing at the server", async (t) => {
    const documents = Array.from({ length: 1200 }, (_, n) => station(n));
    const { couch, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": documents });
    const { failure } = await pass();
    assert.equal(failure, null);
    assert.equal((await views.stations()).length, 1200);
    assert.equal((await views.station("station:0042")).name, "站42");
    assert.deepEqual(couch.written, []);
  });

  it("asks nothing of a feed whose version is the one pulled, and goes on from the checkpoint when it changed", async (t) => {
    const { server, couch, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": [station(1)] });
    await pass();
    const before = feedRequests(server);
    await pass();
    assert.equal(feedRequests(server), before);
    await couch.databases.get("catalog-aaaaaaaaaaaa").put(station(2));
    server.feeds["catalog-aaaaaaaaaaaa"] = 2;
    await pass();
    await heard();
    assert.equal((await views.stations()).length, 2);
    const asked = server.requests.filter(({ path }) => path.endsWith("_changes")).at(-1);
    assert.notEqual(asked.query.get("since"), "0");
  });

  it("a view that was un-published disappears from the phone", async (t) => {
    const { server, couch, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": [station(1), station(2)] });
    await pass();
    assert.equal((await views.stations()).length, 2);
    const database = couch.databases.get("catalog-aaaaaaaaaaaa");
    await database.remove(await database.get("station:0001"));
    server.feeds["catalog-aaaaaaaaaaaa"] = 2;
    await pass();
    await heard();
    assert.deepEqual((await views.stations()).map((view) => view._id), ["station:0002"]);
    assert.equal(await views.station("station:0001"), null);
  });

  it("one failed _bulk_get is asked again as _bulk_get, never document by document", async (t) => {
    const { server, couch, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": [station(1), station(2)] });
    let failures = 1;
    couch.fails = (path) => (path.endsWith("_bulk_get") && failures-- > 0 ? 503 : null);
    assert.equal((await pass()).failure.code, "busy");
    assert.equal((await pass()).failure, null);
    await heard();
    assert.equal((await views.stations()).length, 2);
    assert.equal(server.requests.filter(({ path }) => path.includes("station")).length, 0);
  });

  it("one feed that fails does not stop the others", async (t) => {
    const { server, phone, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": [station(1)] });
    server.feeds["member-0000-aaaaaaaaaaaa"] = 1; // not there: 403
    const { failure } = await pass();
    assert.equal(failure.code, "feed_failed");
    assert.equal((await phone.status()).steps.feeds.code, "feed_failed");
    assert.equal((await views.stations()).length, 1);
  });
});

describe("reading", () => {
  it("several screens read at once while a pull goes on, and none disturbs another", async (t) => {
    const documents = Array.from({ length: 300 }, (_, n) => station(n));
    const { server, couch, views, pass, phone } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": documents });
    await pass();
    await couch.databases.get("catalog-aaaaaaaaaaaa").put(station(9000));
    server.feeds["catalog-aaaaaaaaaaaa"] = 2;
    const others = Array.from({ length: 5 }, () => openFeeds(phone));
    t.after(() => others.forEach((other) => other.close()));
    const reads = others.flatMap((other) => [other.stations(), other.codeTable("domain"), other.station("station:0001")]);
    const [{ failure }] = await Promise.all([pass(), ...reads]);
    assert.equal(failure, null);
    await heard();
    assert.equal((await views.stations()).length, 301);
  });

  it("a feed destroyed and pulled again by another tab is read anew", async (t) => {
    const { server, phone, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": [station(1)] });
    await pass();
    assert.equal((await views.stations()).length, 1);
    const tab = await openPhone({ build: "test", name: phone.store.name, origin: server.origin, fetch: server.browserFetch() });
    t.after(() => tab.store.close());
    await wipeFeeds(tab.store, ["*"]);
    await heard();
    assert.deepEqual(await views.stations(), []);
    await runPass(tab);
    await heard();
    assert.equal((await views.stations()).length, 1);
  });
});

describe("epochs", () => {
  it("a new epoch is pulled into a fresh database and swapped in; what only the old one held is gone", async (t) => {
    const { server, couch, views, pass, phone } = await withFeeds(t, {
      "catalog-aaaaaaaaaaaa": [station(1), station(2)],
      "member-ff-aaaaaaaaaaaa": [{ _id: "lead:1", type: "lead", state: "registered" }],
    });
    await pass();
    assert.equal((await views.ownView("lead:1")).state, "registered");
    server.restore("bbbbbbbbbbbb");
    await couch.feed("catalog-bbbbbbbbbbbb", [station(2)]);
    await couch.feed("member-ff-bbbbbbbbbbbb", []);
    server.feeds = { "catalog-bbbbbbbbbbbb": 1, "member-ff-bbbbbbbbbbbb": 1 };
    await pass();
    await heard();
    assert.deepEqual((await views.stations()).map((view) => view._id), ["station:0002"]);
    assert.equal(await views.ownView("lead:1"), null);
    const left = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.includes(phone.store.name));
    assert.deepEqual(left.filter((name) => name.endsWith("aaaaaaaaaaaa")), []);
  });

  it("until the new one is whole, stations and orders stay to work with, and no answer of the old one is shown", async (t) => {
    const order = { _id: "service_order:1", type: "service_order" };
    const { server, couch, views, pass } = await withFeeds(t, {
      "catalog-aaaaaaaaaaaa": [station(1)], "member-ff-aaaaaaaaaaaa": [{ _id: "lead:1", type: "lead" }, order],
    });
    await pass();
    server.restore("bbbbbbbbbbbb");
    server.feeds = { "catalog-bbbbbbbbbbbb": 1, "member-ff-bbbbbbbbbbbb": 1 };
    couch.fails = () => 503;
    await pass();
    await heard();
    assert.equal((await views.stations()).length, 1);
    assert.equal((await views.orders()).length, 1);
    assert.equal(await views.ownView("lead:1"), null);
  });
});

describe("what is shown and what is destroyed", () => {
  it("a feed that the state no longer names is not shown, and is kept until an order says otherwise", async (t) => {
    const { server, views, pass, phone } = await withFeeds(t, { "township-371425100-aaaaaaaaaaaa": [], "catalog-aaaaaaaaaaaa": [station(1)] });
    await pass();
    delete server.feeds["catalog-aaaaaaaaaaaa"];
    await pass();
    await heard();
    assert.deepEqual(await views.stations(), []);
    assert.ok((await phone.store.getMeta("feeds")).catalog);
    await wipeFeeds(phone.store, ["catalog"]);
    assert.deepEqual(Object.keys(await phone.store.getMeta("feeds")), ["township-371425100"]);
  });

  it("a feed taken away by a 403 is neither wiped nor hidden while the state names it", async (t) => {
    const { server, couch, views, pass } = await withFeeds(t, { "catalog-aaaaaaaaaaaa": [station(1)] });
    await pass();
    couch.fails = () => 403;
    server.feeds["catalog-aaaaaaaaaaaa"] = 2;
    await pass();
    await heard();
    assert.equal((await views.stations()).length, 1);
  });

  it("plan: catalog first, then the member's, then the others; nothing whose name is no feed's", () => {
    const wanted = { "unit-1-aaaaaaaaaaaa": 1, "member-x-aaaaaaaaaaaa": 1, "catalog-aaaaaaaaaaaa": 1, logs: 1 };
    assert.deepEqual(feedsToPull(wanted, {}).map(({ audience }) => audience), ["catalog", "member-x", "unit-1"]);
  });

  it("plan: before the first state nothing is shown", () => {
    assert.deepEqual(shownFeeds(null, { catalog: { database: "catalog-aaaaaaaaaaaa" } }), []);
  });
});
