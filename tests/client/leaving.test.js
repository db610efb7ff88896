/** Leaving safely: what is unsent, the rescue file, sign-out, and warnings about storage. */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openFeeds } from "../../client/src/feeds/views.js";
import { rescueFile } from "../../client/src/log/rescue.js";
import { storageWarnings } from "../../client/src/log/storage.js";
import { runPass } from "../../client/src/sync/pass.js";
import { strFromU8, unzipSync } from "./packages.js";
import { FakeCouch } from "./fake_couch.js";
import { CODE, enrolledPhone, lead, leadWithPhoto } from "./phones.js";

describe("unsent", () => {
  it("counts entries, photos and drafts, and forgets them as the centre has them", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    await leadWithPhoto(phone, "abc");
    await phone.append(lead());
    await phone.drafts.begin("lead");
    const before = await phone.unsent();
    assert.deepEqual({ ...before, oldest_at: null }, { entries: 2, photos: 1, photo_bytes: 3, drafts: 1, oldest_at: null });
    assert.ok(Date.now() - Date.parse(before.oldest_at) < 10_000);
    await runPass(phone);
    server.judge();
    await runPass(phone);
    assert.deepEqual(await phone.unsent(), { entries: 0, photos: 0, photo_bytes: 0, drafts: 1, oldest_at: null });
  });
});

describe("the rescue file", () => {
  it("holds every unsent entry as it would be sent, with photos and drafts, and a list", async (t) => {
    const { phone } = await enrolledPhone(t);
    const id = await leadWithPhoto(phone, "abc");
    const draft = await phone.drafts.begin("lead", { title: "未完" });
    await phone.drafts.addPhoto(draft.id, new Blob(["xyz"], { type: "image/png" }));

    const { blob, file_name, entries, photos } = await rescueFile(phone);

    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
    const read = (name) => JSON.parse(strFromU8(files[name]));
    assert.match(file_name, /^liandong-rescue-2\d{3}-\d\d-\d\dT\d{6}\.zip$/);
    assert.deepEqual([entries, photos], [1, 1]);
    const document = read("log/d01jd0000000000000000000001-0000000001.json");
    assert.equal(document._id, "d01jd0000000000000000000001:0000000001");
    assert.equal(document.entry.id, id);
    assert.equal(strFromU8(files["media/d01jd0000000000000000000001-1-1.jpg"]), "abc");
    assert.equal(read(`drafts/${draft.id.replace(":", "-")}.json`).fields.title, "未完");
    assert.equal(read("manifest.json").entries[0].place, "on_phone");
  });

  it("leaves out what is received, and keeps an entry whose photo is not verified", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    await phone.append(lead());
    await leadWithPhoto(phone, "abc");
    server.intercept = (seen) => (seen.path.startsWith("/sync/media/") ? "cut" : null);
    await runPass(phone);
    server.judge();
    await runPass(phone);
    const { entries, photos } = await rescueFile(phone);
    assert.deepEqual([entries, photos], [1, 1]);
  });
});

describe("sign-out", () => {
  it("is refused while work is unsent, with the counts", async (t) => {
    const { phone } = await enrolledPhone(t);
    await leadWithPhoto(phone);
    await assert.rejects(phone.signOut(), { code: "unsent_left", params: { entries: 1, photos: 1, drafts: 0 } });
    assert.ok(await phone.identity());
  });

  it("is refused while a draft is left", async (t) => {
    const { phone } = await enrolledPhone(t);
    await phone.drafts.begin("lead");
    await assert.rejects(phone.signOut(), { code: "unsent_left", params: { entries: 0, photos: 0, drafts: 1 } });
  });

  it("with nothing unsent ends the session and forgets who we are; the log stays", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    await phone.append(lead());
    await runPass(phone);
    server.judge();
    await runPass(phone);
    await phone.signOut();
    assert.equal(await phone.identity(), null);
    assert.equal(server.count("DELETE", "/sync/session"), 1);
    assert.equal(await phone.store.db.count("log"), 1);
  });

  it("gives up the feeds, and the next member of this phone sees nothing of the one before", async (t) => {
    const couch = new FakeCouch();
    await couch.feed("catalog-aaaaaaaaaaaa", [{ _id: "station:1", type: "station" }]);
    const { server, phone } = await enrolledPhone(t, (made) => { made.couch = couch.routes; made.feeds = { "catalog-aaaaaaaaaaaa": 1 }; });
    const id = await leadWithPhoto(phone);
    await runPass(phone);
    server.judge();
    await runPass(phone);
    await phone.signOut();
    assert.equal((await runPass(phone)).failure.code, "not_enrolled");
    const left = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.includes(`${phone.store.name}-feed`));
    assert.deepEqual(left, []);
    Object.assign(server, { device: "d01jd0000000000000000000009", member: "m01jd0000000000000000000077" });
    await phone.enrol({ code: CODE, label: "" });
    assert.deepEqual(await phone.entries(), []);
    assert.equal(await phone.entry(id), null);
    assert.equal(await phone.media.blob(id, 1), null);
    await runPass(phone);
    const views = openFeeds(phone);
    assert.equal((await views.stations()).length, 1);
    views.close();
  });
});

describe("warnings about storage", () => {
  const report = { is_persistent: true, usage_bytes: 0, quota_bytes: 10 ** 9, can_store_blobs: true };
  const nothing = { entries: 0, photos: 0, oldest_at: null };
  const now = Date.parse("2026-11-23T12:00:00Z");

  it("are none where all is well", () => assert.deepEqual(storageWarnings(report, nothing, now), []));
  it("name what is unsent for three days", () => {
    const unsent = { entries: 2, photos: 1, oldest_at: "2026-11-20T19:00:00+08:00" };
    assert.deepEqual(storageWarnings(report, unsent, now), [{ code: "unsent_old", params: { days: 3, count: 3 } }]);
  });
  it("name little room", () => {
    assert.deepEqual(storageWarnings({ ...report, usage_bytes: 10 ** 9 - 5 }, nothing, now), [{ code: "storage_low", params: { free_bytes: 5 } }]);
  });
  it("name storage that the browser may delete only when something would be lost", () => {
    const may = { ...report, is_persistent: false };
    assert.deepEqual(storageWarnings(may, nothing, now), []);
    assert.deepEqual(storageWarnings(may, { ...nothing, entries: 1 }, now), [{ code: "not_persistent", params: {} }]);
  });
  it("name a browser that keeps no photos", () => {
    assert.deepEqual(storageWarnings({ ...report, can_store_blobs: false }, nothing, now), [{ code: "no_blobs", params: {} }]);
  });
});
