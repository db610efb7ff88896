/** When the phone syncs: at once when there is a reason, patiently when the server is away. */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { announce } from "../../client/src/log/channel.js";
import { backoffMs } from "../../client/src/sync/backoff.js";
import { startSync } from "../../client/src/sync/schedule.js";
import { enrolledPhone, lead, place } from "./phones.js";

/** Ask until it is so. @param {() => unknown} ask */
async function until(ask, withinMs = 15_000) {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    assert.ok(Date.now() < end, `not within ${withinMs} ms: ${ask}`);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}

/** A state that is held back until something changes, as the server's waiting request. */
function waiting(server) {
  server.intercept = async (seen) => {
    if (!seen.query.get("wait")) return null;
    const before = JSON.stringify([server.verdicts, server.feeds, server.epoch]);
    for (let turn = 0; turn < 200 && JSON.stringify([server.verdicts, server.feeds, server.epoch]) === before; turn += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 10); });
    }
    return null;
  };
}

async function syncing(t, options = {}) {
  const { server, phone, onClose } = await enrolledPhone(t);
  waiting(server);
  const sync = startSync(phone, { random: () => 0, ...options });
  onClose(sync.stop);
  return { server, phone, onClose };
}

describe("while a page is open", () => {
  it("what is recorded is sent at once, and its verdict arrives without asking", async (t) => {
    const { server, phone } = await syncing(t);
    await until(() => server.count("GET", "/sync/state") >= 2);
    const { id } = await phone.append(lead());
    await until(() => server.rows.size === 1);
    server.judge();
    await until(async () => (await place(phone, id)) === "received");
  });

  it("a press on the button is a pass", async (t) => {
    const { server, phone } = await syncing(t);
    await until(async () => (await phone.status()).finished_at);
    const before = server.count("GET", "/sync/state");
    phone.syncNow();
    await until(() => server.count("GET", "/sync/state") > before + 1);
  });

  it("a server that is away is asked again with patience, and at once when the network is back", async (t) => {
    const { server, phone } = await syncing(t, { random: () => 0.99 });
    server.intercept = () => "cut";
    const { id } = await phone.append(lead());
    await until(async () => (await phone.status()).steps.state?.code === "server_away");
    server.intercept = () => null;
    announce(phone.store.name, { ask: "sync" });
    await until(async () => (await place(phone, id)) === "at_centre_checking");
  });

  it("a server that answers all but the waiting request is not asked in a circle", async (t) => {
    const { server } = await syncing(t);
    server.intercept = (seen) => (seen.query.get("wait") ? "cut" : null);
    await until(() => server.requests.filter((seen) => seen.query.get("wait")).length >= 2);
    const before = server.requests.length;
    await new Promise((resolve) => { setTimeout(resolve, 700); });
    assert.ok(server.requests.length - before <= 2, `${server.requests.length - before} requests in 0.7 s`);
  });

  it("pages opened one after the other ask once", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    for (let page = 0; page < 5; page += 1) {
      const { stop } = startSync(phone);
      await until(async () => (await phone.status()).finished_at);
      await stop();
    }
    assert.equal(server.count("GET", "/sync/state"), 1);
  });

  it("two contexts share one watch", async (t) => {
    const { server, phone, onClose } = await syncing(t);
    onClose(startSync(phone).stop);
    await until(() => server.count("GET", "/sync/state") >= 2);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    const held = server.requests.filter((seen) => seen.query.get("wait") && seen.status === undefined);
    assert.equal(held.length, 1);
  });
});

describe("backoff", () => {
  it("doubles from one to two seconds up to half a minute", () => {
    assert.deepEqual([1, 2, 3, 4, 5, 30].map((failures) => backoffMs(failures, null, 0)), [1000, 2000, 4000, 8000, 15_000, 15_000]);
    assert.equal(backoffMs(30, null, 0.999_999), 30_000);
  });
  it("is never shorter than the server asked for", () => assert.equal(backoffMs(1, 60, 0), 60_000));
});
