/** Pictures that a form brought: kept until an entry names them, and not for ever where none does (DOMAIN 6: data on a phone are few). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens } from "./app_rig.js";
import { HEAD, PICTURE } from "./service_rig.js";

const DAY_MS = 24 * 3_600_000;
const META = { type: "image/png", taken_at: "2026-11-23T14:05:00.000+08:00" };
const SIGNATURE = { id: "signature:01sig", type: "signature", role: "participant", body: { order: "service_order:01or", document: `notice:${HEAD}` } };

/** As if what is kept had been kept so long ago. */
async function age(store, ms) {
  const loose = await store.getMeta("loose_pictures");
  await store.setMeta("loose_pictures", loose.map((row) => ({ ...row, kept_ms: row.kept_ms - ms })));
}

describe("a picture of a form", () => {
  it("that no entry names goes after a day, when the next one comes", async (t) => {
    const { phone } = await enrolledScreens(t);
    const first = await phone.media.keep(PICTURE, META);
    await phone.media.keep(PICTURE, META);
    assert.notEqual(await phone.drafts.photoBlob(first.photo), null);
    await age(phone.store, DAY_MS + 1);
    const last = await phone.media.keep(PICTURE, META);
    assert.equal(await phone.drafts.photoBlob(first.photo), null);
    assert.equal((await phone.drafts.photoBlob(last.photo)).size, 12);
  });

  it("that an entry names stays, however old", async (t) => {
    const { phone } = await enrolledScreens(t);
    const photo = await phone.media.keep(PICTURE, META);
    await phone.append({ ...SIGNATURE, photos: [photo] });
    await age(phone.store, 30 * DAY_MS);
    await phone.media.keep(PICTURE, META);
    assert.equal((await phone.media.blob(SIGNATURE.id, 1)).size, 12);
  });
});
