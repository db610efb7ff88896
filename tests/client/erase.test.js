/** Erasing on the phone: by the server's signed order alone, and the proof of what was signed stays (DESIGN 2, `parts`; DOMAIN 4, row 33). */
import "./browser.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canonical } from "../../client/src/log/canonical.js";
import { sha256Hex } from "../../client/src/log/digest.js";
import { mediaAfterVerdict } from "../../client/src/log/media_state.js";
import { runPass } from "../../client/src/sync/pass.js";
import { enrolledPhone, leadWithPhoto } from "./phones.js";

const FIX = { samples: [{ lat: 36.567123, lng: 116.758456 }] };

async function phoneWithFix(t) {
  const opened = await enrolledPhone(t);
  const { phone } = opened;
  await phone.append({ id: "check_event:01jd0000000000000000000001", type: "check_event", role: "participant", body: { kind: "in" }, parts: { fix: FIX } });
  await leadWithPhoto(phone, "photo of a session");
  const { device } = await phone.identity();
  const order = { id: "o1", device, kind: "erase", erasure: "erasure:01jd0000000000000000000001", at: "2026-11-23T08:00:00Z", entries: [{ entry: 1, parts: ["fix"], files: [] }, { entry: 2, parts: [], files: [1] }, { entry: 99, parts: ["fix"], files: [1] }] };
  return { ...opened, order, device };
}

const whole = async (phone, device) => ({
  rows: await phone.store.rowsOf("log", device), media: await phone.store.rowsOf("media", device), blobs: await phone.store.db.count("blobs"),
});

describe("an order to erase", () => {
  it("takes the values and the bytes away before anything is sent, and leaves the signed entries as they were", async (t) => {
    const { server, phone, order, device } = await phoneWithFix(t);
    const before = await whole(phone, device);
    server.orders = [await server.sign(order)];

    await runPass(phone);

    const after = await whole(phone, device);
    assert.deepEqual(after.rows.map((row) => row.parts), [{}, {}]);
    assert.deepEqual(after.rows.map((row) => row.sealed), before.rows.map((row) => row.sealed));
    assert.deepEqual(after.media.map((row) => [row.is_here, row.state]), [[false, "gone"]]);
    assert.deepEqual([before.blobs, after.blobs], [1, 0]);
    assert.equal(JSON.stringify(server.requests).includes("36.567123"), false);
    const { hash, sig: _sig, ...signed } = after.rows[0].sealed;
    assert.equal(await sha256Hex(new TextEncoder().encode(canonical(signed))), hash);
  });

  it("whose words were changed, or that nobody signed, erases nothing", async (t) => {
    const { server, phone, order, device } = await phoneWithFix(t);
    const signed = await server.sign({ ...order, entries: [] });
    const { sig: _sig, ...unsigned } = await server.sign(order);
    server.orders = [{ ...signed, entries: order.entries }, unsigned];

    await runPass(phone);

    const { rows, blobs } = await whole(phone, device);
    assert.deepEqual(rows[0].parts.fix.value, FIX);
    assert.equal(blobs, 1);
  });

  it("a photo that the centre erased is not sent again", () => {
    const kept = { state: "verified", is_here: true, entry: 1, epoch: "a", sent_at: 1, sha256: "0" };

    assert.equal(mediaAfterVerdict(kept, { state: "erased" }, "a", 2).state, "gone");
    assert.equal(mediaAfterVerdict({ ...kept, state: "gone" }, { state: "erased" }, "a", 2), null);
  });
});
