/** The log: one chain, one place for each entry, nothing twice (DESIGN 2, "Append"). */
import { freshName } from "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openPhone } from "../../client/src/log/phone.js";
import { entryHash } from "../../client/src/log/entry.js";
import { fromBase64url, fromHex } from "../../client/src/log/digest.js";
import { enrolledPhone, lead, leadWithPhoto, newId } from "./phones.js";

async function rows(phone) {
  const { device } = await phone.identity();
  return phone.store.rowsOf("log", device);
}

async function assertOneChain(phone, count) {
  const all = await rows(phone);
  assert.deepEqual(all.map((row) => row.entry), Array.from({ length: count }, (_, index) => index + 1));
  for (const [index, { sealed }] of all.entries()) {
    assert.equal(sealed.prev, index ? all[index - 1].sealed.hash : null);
    assert.equal(await entryHash(sealed), sealed.hash);
  }
}

describe("append", () => {
  it("200 entries at once from two tabs and a worker make one chain without a gap", async (t) => {
    const { server, phone } = await enrolledPhone(t);
    const open = () => openPhone({ build: "test", name: phone.store.name, origin: server.origin });
    const contexts = [phone, await open(), await open()];
    t.after(() => contexts.slice(1).forEach((other) => other.store.close()));

    await Promise.all(Array.from({ length: 200 }, (_, index) => contexts[index % 3].append(lead(`第${index}条`))));

    await assertOneChain(phone, 200);
  });

  it("an entry is signed by the device's key over its hash", async (t) => {
    const { phone } = await enrolledPhone(t);
    const { hash } = await phone.append(lead());

    const [{ sealed, device }] = await rows(phone);
    const { sign } = await phone.store.db.get("keys", device);

    assert.equal(sealed.hash, hash);
    assert.equal(fromBase64url(sealed.sig).length, 64);
    assert.equal(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, sign.publicKey, fromBase64url(sealed.sig), fromHex(hash)), true);
  });

  it("the private keys cannot be exported", async (t) => {
    const { phone } = await enrolledPhone(t);
    const { sign, agree } = await phone.store.db.get("keys", (await phone.identity()).device);
    await assert.rejects(crypto.subtle.exportKey("jwk", sign.privateKey));
    await assert.rejects(crypto.subtle.exportKey("jwk", agree.privateKey));
  });

  it("the same draft submitted ten times at once is one entry", async (t) => {
    const { phone } = await enrolledPhone(t);
    const draft = lead();

    const answers = await Promise.all(Array.from({ length: 10 }, () => phone.append(draft)));

    await assertOneChain(phone, 1);
    assert.equal(new Set(answers.map((answer) => answer.hash)).size, 1);
  });

  it("a refused entry leaves the log as it was and names the field", async (t) => {
    const { phone } = await enrolledPhone(t);
    await phone.append(lead());
    const broken = { ...lead(), body: { title: "\ud83d" } };

    await assert.rejects(phone.append(broken), { code: "text_broken", path: "body.title" });
    await assertOneChain(phone, 1);
  });

  it("a part that cannot be signed is refused under its name", async (t) => {
    const { phone } = await enrolledPhone(t);
    const bad = { ...lead(), parts: { fix: { samples: [{ lat: NaN }] } } };
    await assert.rejects(phone.append(bad), { code: "number_out_of_range", path: "parts.fix.samples.0.lat" });
  });

  it("members that are undefined are left out, so that the hash is of what is sent", async (t) => {
    const { phone } = await enrolledPhone(t);
    await phone.append({ ...lead(), body: { title: "x", place_text: undefined } });
    const [{ sealed }] = await rows(phone);
    assert.deepEqual(Object.keys(JSON.parse(JSON.stringify(sealed)).body), ["title"]);
    assert.equal(await entryHash(JSON.parse(JSON.stringify(sealed))), sealed.hash);
  });

  it("a phone that is not enrolled appends nothing", async (t) => {
    const phone = await openPhone({ build: "test", name: freshName(), origin: "http://127.0.0.1:9" });
    t.after(() => phone.store.close());
    await assert.rejects(phone.append(lead()), { code: "not_enrolled" });
  });
});

describe("submitting a draft", () => {
  it("moves photos and text into the log and ends the draft, all or nothing", async (t) => {
    const { phone } = await enrolledPhone(t);
    const id = await leadWithPhoto(phone, "abc");

    const row = await phone.entry(id);

    assert.equal(await phone.drafts.get(id), null);
    assert.equal(row.body.media[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert.equal(row.body.media[0].size, 3);
    assert.equal(row.media[0].state, "queued");
    assert.equal(await (await phone.media.blob(id, 1)).text(), "abc");
  });

  it("text and photo saved at the same moment are both kept", async (t) => {
    const { phone } = await enrolledPhone(t);
    const { id } = await phone.drafts.begin("lead");
    await Promise.all([
      phone.drafts.save(id, { title: "一" }),
      phone.drafts.addPhoto(id, new Blob(["1"], { type: "image/png" })),
      phone.drafts.save(id, { description: "二" }),
      phone.drafts.addPhoto(id, new Blob(["2"], { type: "image/png" })),
    ]);
    const draft = await phone.drafts.get(id);
    assert.deepEqual(draft.fields, { title: "一", description: "二" });
    assert.equal(draft.photos.length, 2);
  });

  it("a tenth photo is refused beside the photos", async (t) => {
    const { phone } = await enrolledPhone(t);
    const { id } = await phone.drafts.begin("lead");
    for (let n = 0; n < 9; n += 1) await phone.drafts.addPhoto(id, new Blob([String(n)]));
    await assert.rejects(phone.drafts.addPhoto(id, new Blob(["10"])), { code: "photo_too_many", path: "media" });
    assert.equal((await phone.drafts.get(id)).photos.length, 9);
  });

  it("a draft that is gone says so", async (t) => {
    const { phone } = await enrolledPhone(t);
    await assert.rejects(phone.drafts.save(newId(), { title: "x" }), { code: "draft_missing" });
  });
});
