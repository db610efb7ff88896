/** Connections cut anywhere, in push, photo and pull: everything arrives once, hashes right, and nothing is said too early. */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openFeeds } from "../../client/src/feeds/views.js";
import { openPhone } from "../../client/src/log/phone.js";
import { entryHash } from "../../client/src/log/entry.js";
import { sha256Hex } from "../../client/src/log/digest.js";
import { runPass } from "../../client/src/sync/pass.js";
import { CuttingProxy } from "./cutting_proxy.js";
import { FakeCouch } from "./fake_couch.js";
import { enrolledPhone, leadWithPhoto } from "./phones.js";

const PHOTO = "photograph ".repeat(10_000); // 110 kB
const CUTS = 20;
const station = (n) => ({ _id: `station:${String(n).padStart(4, "0")}`, type: "station", name: `站${n}` });

async function behindProxy(t) {
  const couch = new FakeCouch();
  const feed = await couch.feed("catalog-aaaaaaaaaaaa", Array.from({ length: 300 }, (_, n) => station(n)));
  const { server, phone: direct, onClose } = await enrolledPhone(t, (made) => {
    made.couch = couch.routes;
    made.feeds = { "catalog-aaaaaaaaaaaa": 1 };
  });
  const proxy = await new CuttingProxy().start(new URL(server.origin).port);
  const phone = await openPhone({ build: "test", name: direct.store.name, origin: proxy.origin, fetch: server.browserFetch() });
  onClose(() => phone.store.close());
  t.after(() => proxy.stop());
  return { server, phone, proxy, feed };
}

describe("a connection that is cut 20 times at different bytes", () => {
  it("loses nothing and doubles nothing", async (t) => {
    const { server, phone, proxy, feed } = await behindProxy(t);
    for (let cut = 0; cut < CUTS; cut += 1) {
      await leadWithPhoto(phone, `${cut} ${PHOTO}`);
      await feed.put(station(1000 + cut));
      server.feeds["catalog-aaaaaaaaaaaa"] = cut + 2;
      proxy.arm(cut % 2 ? "down" : "up", cut % 2 ? 40 + cut * 149 : 200 + cut * 5003);
      await runPass(phone);
      for (const row of await phone.entries()) assert.notEqual(row.place.where, "received");
    }
    await runPass(phone);
    server.judge();
    await runPass(phone);

    t.diagnostic(`cut: ${proxy.made.join(" ")}`);
    assert.equal(proxy.made.length, CUTS);
    assert.equal(server.rows.size, CUTS);
    for (const [id, { entry }] of server.rows) {
      assert.equal(await entryHash(entry), entry.hash);
      assert.equal(await sha256Hex(server.media.get(`${Number(id.split(":")[1])}:1`)), entry.body.media[0].sha256);
    }
    for (const { place, media } of await phone.entries()) assert.deepEqual([place.where, media[0].state], ["received", "verified"]);
    const views = openFeeds(phone);
    assert.equal((await views.stations()).length, 300 + CUTS);
    views.close();
  });
});
