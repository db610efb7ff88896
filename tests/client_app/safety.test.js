/** What every answer of the phone carries (ATTACKS 4). */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { app, enrolledScreens, seen } from "./app_rig.js";

const SERVER = new URL("../../server/gateway/security.py", import.meta.url);
const PATHS = ["/app/", "/app/mine", "/app/sync", "/app/settings", "/app/status", "/app/check", "/app/nowhere", "/app/mine/lead:01none",
  "/app/lead/01none", "/app/ledger", "/app/service/now", "/app/service/order", "/app/service/slots", "/app/service/slots/new", "/app/service/session/01none",
  "/app/service/nowhere"];

async function serversPolicy() {
  const source = await readFile(SERVER, "utf8");
  const [, lines] = /^CSP: Final = "; "\.join\(\s*\(([\s\S]*?)\)\s*\)/m.exec(source);
  return [...lines.matchAll(/"([^"]+)"/g)].map(([, directive]) => directive).join("; ");
}

describe("every screen", () => {
  it("carries the server's own policy, letter for letter", async (t) => {
    const { get } = await enrolledScreens(t);
    const policy = await serversPolicy();
    for (const path of PATHS) {
      const { headers } = await get(path);
      assert.equal(headers.get("Content-Security-Policy"), policy, path);
      assert.equal(headers.get("X-Content-Type-Options"), "nosniff", path);
      assert.equal(headers.get("Cache-Control"), "no-store", path);
    }
  });

  it("holds neither inline script nor inline style nor an evaluated attribute", async (t) => {
    const { get } = await enrolledScreens(t);
    for (const path of PATHS) {
      const { text } = await get(path);
      assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on|js:/, path);
    }
  });
});

describe("a failure", () => {
  it("says where the work is, and leads home", async () => {
    const phone = { identity: async () => { throw new Error("broken"); } };
    const { status, text } = await quietly(async () => {
      const response = await app.fetch(new Request("http://phone.test/app/"), { phone, openFeeds: async () => ({}) });
      return { status: response.status, text: await response.text() };
    });
    assert.equal(status, 500);
    assert.match(seen(text), /已保存的记录和草稿都在本机/);
    assert.match(text, /href="\/app\/"/);
    assert.match(text, /<html lang="zh">.*<main lang="zh">/s);
  });

  it("of an address that is no screen answers 404 in words", async (t) => {
    const { get } = await enrolledScreens(t);
    const { status, text } = await get("/app/nowhere");
    assert.equal(status, 404);
    assert.match(seen(text), /没有这个页面/);
  });
});

/** The failure is meant: its trace need not be in the report. */
async function quietly(work) {
  const { error } = console;
  console.error = () => {};
  try {
    return await work();
  } finally {
    console.error = error;
  }
}
