/** Photos: sent after their entry, resumed where they stopped, kept until verified and backed up (DESIGN 2 and 5). */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPhone } from "../../client/src/log/phone.js";
import { mayForget, mayFreeBytes } from "../../client/src/log/media_state.js";
import { runPass } from "../../client/src/sync/pass.js";
import { enrolledPhone, leadWithPhoto, place } from "./phones.js";

const BIG = "0123456789abcdef".repeat(50_000); // 800 kB: four chunks

async function sentPhoto(t, { bytes = BIG, prepare } = {}) {
  const opened = await enrolledPhone(t, prepare);
  const id = await leadWithPhoto(opened.phone, bytes);
  const file = async () => (await opened.phone.entry(id)).media[0];
  return { ...opened, id, file, pass: () => runPass(opened.phone) };
}

/** The server says again what it holds, as ingest does when a file arrives. */
function judgeAgain(server) {
  server.verdicts = [];
  server.judge();
}

describe("upload", () => {
  it("goes after the entry, in the same pass, with every byte", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    assert.equal((await pass()).failure, null);
    assert.equal(server.media.get("1:1").toString(), BIG);
    assert.equal((await file()).state, "sent");
    const creation = server.requests.find((seen) => seen.method === "POST" && seen.path === "/sync/media/");
    assert.match(creation.headers["upload-metadata"], /^entry MQ==,number MQ==,sha256 /);
  });

  it("goes on after a cut, in another page, with the rest only", async (t) => {
    const { server, phone, id, pass } = await sentPhoto(t);
    let patches = 0;
    server.intercept = (seen) => (seen.method === "PATCH" && ++patches === 3 ? "cut" : null);
    assert.equal((await pass()).failure.code, "server_away");
    assert.equal((await phone.entry(id)).media[0].sent_bytes, 524_288);
    const reopened = await openPhone({ build: "test", name: phone.store.name, origin: server.origin, fetch: server.browserFetch() });
    t.after(() => reopened.store.close());
    assert.equal((await runPass(reopened)).failure, null);
    assert.equal(server.media.get("1:1").toString(), BIG);
    assert.equal(server.uploads.size, 1);
    assert.equal(patches, 5);
  });

  it("begins anew when the server has forgotten the upload", async (t) => {
    const { server, pass } = await sentPhoto(t);
    let patches = 0;
    server.intercept = (seen) => (seen.method === "PATCH" && ++patches === 2 ? "cut" : null);
    await pass();
    server.uploads.clear();
    await pass();
    assert.equal(server.media.get("1:1").toString(), BIG);
  });

  it("waits while the server does not know the entry, and says nothing is wrong", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    server.intercept = (seen) => (seen.path === "/sync/media/" ? { status: 409, json: { error: "entry_missing", reason: "" } } : null);
    assert.equal((await pass()).failure, null);
    assert.equal((await file()).state, "queued");
    server.intercept = () => null;
    await pass();
    assert.equal((await file()).state, "sent");
  });

  it("that was refused is shown with the reason, and is not sent again by itself", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    server.intercept = (seen) => (seen.path === "/sync/media/" ? { status: 413, json: { error: "too_large", reason: "" } } : null);
    await pass();
    assert.deepEqual([(await file()).state, (await file()).reason], ["refused", "too_large"]);
    const asked = server.count("POST", "/sync/media/");
    await pass();
    assert.equal(server.count("POST", "/sync/media/"), asked);
  });

  it("that the server has whole already is sent, and its verdict is waited for", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    server.intercept = (seen) => (seen.path === "/sync/media/" ? { status: 409, json: { error: "already_complete", reason: "" } } : null);
    assert.equal((await pass()).failure, null);
    assert.equal((await file()).state, "sent");
  });

  it("that fails holds back neither the next photo nor the pass", async (t) => {
    const { server, phone, pass } = await sentPhoto(t);
    await leadWithPhoto(phone, "second");
    let creations = 0;
    server.intercept = (seen) => (seen.path === "/sync/media/" && ++creations === 1 ? { status: 500, json: { error: "oops" } } : null);
    assert.equal((await pass()).failure.code, "server_error");
    assert.equal(server.media.get("2:1").toString(), "second");
    assert.equal((await phone.status()).steps.feeds.code, "ok");
  });

  it("in a context that cannot load the uploader waits, and says so", async (t) => {
    const { phone, file } = await sentPhoto(t);
    const { failure } = await runPass(phone, { loadUploader: () => Promise.reject(new TypeError("no import here")) });
    assert.equal(failure.code, "media_waits");
    assert.equal((await file()).state, "queued");
  });
});

describe("the bytes on the phone", () => {
  it("stay when verified but not backed up, and go when both", async (t) => {
    const { server, phone, id, pass, file } = await sentPhoto(t);
    await pass();
    server.judge();
    await pass();
    assert.equal((await file()).state, "verified");
    assert.equal((await phone.media.blob(id, 1)).size, BIG.length);
    server.ack = { backed_up_through: 1 };
    await pass();
    assert.equal(await phone.media.blob(id, 1), null);
    assert.equal((await file()).is_here, false);
    assert.equal(await place(phone, id), "received");
  });

  it("are sent again when the bytes that arrived were others", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    await pass();
    const [, document] = [...server.rows][0];
    server.verdicts.push({ entry: 1, hash: document.entry.hash, verdict: "accepted", reasons: [], media: [{ number: 1, state: "mismatch" }] });
    const before = server.uploads.size;
    await pass();
    assert.equal(server.uploads.size, before + 1);
    assert.equal((await file()).state, "sent");
  });

  it("stay when a restored server has a newer backup but has not yet said that it holds them", async (t) => {
    const { server, phone, id, pass, file } = await sentPhoto(t);
    await pass();
    server.judge();
    await pass();
    assert.equal((await file()).state, "verified");
    server.restore("bbbbbbbbbbbb");
    server.judge();
    server.isPaused = true;
    server.ack = { backed_up_through: 1 };
    await pass();
    assert.equal((await file()).state, "sent");
    assert.equal((await phone.media.blob(id, 1)).size, BIG.length);
  });

  it("are sent again when a restored server has lost them", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    await pass();
    server.judge();
    await pass();
    assert.equal((await file()).state, "verified");
    server.restore("bbbbbbbbbbbb");
    server.media.clear();
    judgeAgain(server);
    await pass();
    assert.equal(server.media.get("1:1").toString(), BIG);
    assert.equal((await file()).state, "sent");
  });

  it("that left after a backup are said to be gone when a restored server has not named them", async (t) => {
    const { server, pass, file } = await sentPhoto(t);
    await pass();
    server.judge();
    server.ack = { backed_up_through: 1 };
    await pass();
    server.restore("bbbbbbbbbbbb");
    server.media.clear();
    judgeAgain(server);
    await pass();
    assert.equal((await file()).state, "gone");
  });
});

describe("what may leave the phone", () => {
  const row = { is_here: true, state: "verified", entry: 3 };
  it("is a verified photo within the backup", () => assert.equal(mayFreeBytes(row, { backed_up_through: 3 }), true));
  it("is not one that is only sent", () => assert.equal(mayFreeBytes({ ...row, state: "sent" }, { backed_up_through: 9 }), false));
  it("is not one beyond the backup", () => assert.equal(mayFreeBytes(row, { backed_up_through: 2 }), false));
  it("is nothing without an ack", () => assert.equal(mayFreeBytes(row, null), false));
  it("is a log row only below a closing entry, received and backed up", () => {
    assert.equal(mayForget(3, { through: 5, backed_up_through: 5 }, 4), true);
    assert.equal(mayForget(3, { through: 5, backed_up_through: 2 }, 4), false);
    assert.equal(mayForget(3, { through: 2, backed_up_through: 5 }, 4), false);
    assert.equal(mayForget(3, { through: 5, backed_up_through: 5 }, null), false);
    assert.equal(mayForget(5, { through: 5, backed_up_through: 5 }, 4), false);
    assert.equal(mayForget(3, null, 4), false);
  });
});
