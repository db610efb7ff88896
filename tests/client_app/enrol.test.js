/** Enrolment and settings as a person meets them (CLIENT; DESIGN 8). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, newScreens, seen } from "./app_rig.js";
import { FakeServer } from "../client/fake_server.js";
import { CODE } from "../client/phones.js";

async function freshServer(t) {
  const server = await new FakeServer().start();
  t.after(() => server.stop());
  return server;
}

describe("a phone that nobody has enrolled", () => {
  it("leads every screen to the code", async (t) => {
    const screens = await newScreens(t, await freshServer(t));
    for (const path of ["/app/", "/app/mine", "/app/check", "/app/sync", "/app/lead/01abc"]) {
      const { status, to } = await screens.get(path);
      assert.deepEqual([status, to], [303, "/app/enrol"], path);
    }
  });

  it("says how many digits are missing, and asks the server nothing", async (t) => {
    const server = await freshServer(t);
    const screens = await newScreens(t, server);
    const { status, text } = await screens.post("/app/enrol", { code: "123 456 789" });
    assert.equal(status, 422);
    assert.match(seen(text), /登记码是 10 位数字，现在有 9 位。/);
    assert.equal(server.count("POST", "/sync/enrol"), 0);
  });

  it("is enrolled by the code, typed with spaces, and greets by name", async (t) => {
    const screens = await newScreens(t, await freshServer(t));
    const { status, to } = await screens.post("/app/enrol", { code: CODE.replace(/(...)(...)/, "$1 $2 ") });
    assert.deepEqual([status, to], [303, "/app/welcome"]);
    assert.match(seen((await screens.get("/app/welcome")).text), /登记好了/);
    assert.equal((await screens.get("/app/")).status, 200);
  });

  it("takes the code one digit at a time, and in full width as a Chinese keyboard types it", async (t) => {
    const screens = await newScreens(t, await freshServer(t));
    const { text } = await screens.get("/app/enrol");
    assert.ok(Number(/maxlength="(\d+)"/.exec(text)[1]) >= 19);
    const typed = [...CODE].map((digit) => String.fromCodePoint(digit.codePointAt(0) + 0xfee0)).join(" ");
    const { status, to } = await screens.post("/app/enrol", { code: typed });
    assert.deepEqual([status, to], [303, "/app/welcome"]);
  });

  it("shows the refusal of a code beside the field and keeps what was typed", async (t) => {
    const screens = await newScreens(t, await freshServer(t));
    const { status, text } = await screens.post("/app/enrol", { code: "0000000000" });
    assert.equal(status, 422);
    assert.match(text, /id="code-note"[^>]*>登记码不对、已用过或已过期。请向工作人员要一个新的。/);
    assert.match(text, /value="0000000000"/);
  });

  it("says that enrolling needs a network when the server is away", async (t) => {
    const server = await freshServer(t);
    server.intercept = () => "cut";
    const screens = await newScreens(t, server);
    const { text } = await screens.post("/app/enrol", { code: CODE });
    assert.match(seen(text), /连不上服务器。登记要有网络/);
  });
});

describe("settings", () => {
  it("turn every screen into English and large text, and back", async (t) => {
    const screens = await enrolledScreens(t);
    await screens.post("/app/settings", { language: "en", large: "yes" });
    const { text } = await screens.get("/app/mine");
    assert.match(seen(text), /My records/);
    assert.match(text, /<html lang="en" data-large="yes">/);
    await screens.post("/app/settings", { language: "zh", large: "no" });
    assert.match(seen((await screens.get("/app/mine")).text), /我的记录/);
  });

  it("refuse to sign out while a draft is unsent, and say what is", async (t) => {
    const screens = await enrolledScreens(t);
    await screens.phone.drafts.begin("lead");
    const { status, text } = await screens.post("/app/sign-out");
    assert.equal(status, 409);
    assert.match(seen(text), /还有 0 条记录、0 张照片、1 份草稿没有发送，现在不能退出/);
    assert.notEqual(await screens.phone.identity(), null);
  });

  it("sign out when nothing is unsent", async (t) => {
    const screens = await enrolledScreens(t);
    const { status, to } = await screens.post("/app/sign-out");
    assert.deepEqual([status, to], [303, "/app/enrol"]);
    assert.equal(await screens.phone.identity(), null);
  });
});
