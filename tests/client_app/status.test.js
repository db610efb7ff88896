/** The one line at the top of every screen (LOOK, "Phone"): at most two parts, what needs the person first. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, seen } from "./app_rig.js";

async function lineWith(t, changes) {
  const { phone, get } = await enrolledScreens(t);
  Object.assign(phone, changes);
  return seen((await get("/app/status")).text).trim();
}

const CONTACT = { last_contact_at: "2026-11-23T14:05:00+08:00", is_running: false };

describe("the status line", () => {
  it("says what is unsent and when the centre was last heard of", async (t) => {
    const line = await lineWith(t, { unsent: async () => ({ entries: 3, photos: 2 }), status: async () => CONTACT, refusals: async () => [] });
    assert.match(line, /^3 条未发送 · 上次联网 .*:05$/);
  });

  it("says what needs the person and what is unsent, and no more than fits", async (t) => {
    const line = await lineWith(t, { unsent: async () => ({ entries: 1, photos: 0 }), status: async () => CONTACT, refusals: async () => [{}] });
    assert.equal(line, "1 条待您处理 · 1 条未发送");
  });

  it("names what stops the phone as a whole first, and still what is unsent", async (t) => {
    const { phone, get } = await enrolledScreens(t);
    const identity = await phone.identity();
    Object.assign(phone, { identity: async () => ({ ...identity, revoked: true }), refusals: async () => [{}], unsent: async () => ({ entries: 9, photos: 0 }) });
    assert.equal(seen((await get("/app/status")).text).trim(), "这台手机已被停用 · 9 条未发送");
  });
});
