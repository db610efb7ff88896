/** Where each record is, in words (DESIGN 7, "Each record shows where it is"). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, screensOver, seen } from "./app_rig.js";
import { lead, leadWithPhoto } from "../client/phones.js";
import { runPass } from "../../client/src/sync/pass.js";

const view = (id, more) => ({
  _id: id, type: "lead", title: "坝坡被开垦", state: "received", received_at: "2026-11-22T10:00:00Z", history: [], heads: [], next: [], media: [], ...more,
});

describe("a record that only this phone has", () => {
  it("is on this phone, and the status line counts it", async (t) => {
    const { phone, get } = await enrolledScreens(t);
    const { id } = await phone.append(lead());
    assert.match(seen((await get(`/app/mine/${id}`)).text), /在本机 已保存在本机，联网后会自动发送。/);
    assert.match(seen((await get("/app/status")).text), /1 条未发送 · 还没有联过网/);
  });

  it("is said to be received only after the server's own verdict, whatever a view claims", async (t) => {
    const own = [];
    const { phone, get } = await enrolledScreens(t, { own });
    const { id } = await phone.append(lead());
    own.push(view(id, { state: "registered" }));
    const { text } = await get(`/app/mine/${id}`);
    assert.match(text, /standing-on_phone/);
    assert.doesNotMatch(text, /standing-received/);
  });
});

describe("a record at the centre", () => {
  it("is being checked until it is judged, then received, then whatever the centre did", async (t) => {
    const own = [];
    const { phone, server, get } = await enrolledScreens(t, { own });
    const { id } = await phone.append(lead());
    const where = async () => /standing-(\w+)/.exec((await get(`/app/mine/${id}`)).text)[1];
    await runPass(phone);
    assert.equal(await where(), "at_centre_checking");
    server.judge();
    await runPass(phone);
    assert.equal(await where(), "received");
    own.push(view(id, { state: "answered", number: "齐检益线〔2026〕57号", answer: { text: "已<b>清除</b>", at: "2026-11-22T11:00:00Z" } }));
    const { text } = await get(`/app/mine/${id}`);
    assert.match(seen(text), /已答复 编号 齐检益线〔2026〕57号/);
    assert.match(text, /<blockquote>已&lt;b&gt;清除&lt;\/b&gt;<\/blockquote>/);
  });

  it("that was refused needs the person, with the reason and what to do, and comes first in the list", async (t) => {
    const { phone, server, get } = await enrolledScreens(t);
    const { id } = await phone.append(lead("被拒的"));
    await phone.append(lead("后来的"));
    await runPass(phone);
    server.judge(({ entry }) => (entry.entry === 1
      ? { verdict: "refused", reasons: [{ code: "too_short", params: { field: "description", min: 20, length: 3 } }] }
      : { verdict: "accepted", reasons: [] }));
    await runPass(phone);
    const words = seen((await get(`/app/mine/${id}`)).text);
    assert.match(words, /需要您处理 中心没有收下。记录仍在这台手机上，没有丢。/);
    assert.match(words, /看到了什么：/);
    assert.match(words, /请联系检察院工作人员/);
    assert.match(seen((await get("/app/mine")).text), /被拒的 需要您处理 .*后来的 中心已收到/);
    assert.match(seen((await get("/app/status")).text), /1 条待您处理/);
  });

  it("is told why with words for codes, and how long in the unit that says it", async (t) => {
    const { phone, server, get } = await enrolledScreens(t);
    const { id } = await phone.append(lead());
    await runPass(phone);
    const reasons = [
      { code: "wrong_role", params: { role: "participant" } },
      { code: "waits_for", params: { names: ["schema:lead:2", "title"] } },
      { code: "action_unknown", params: { action: "__proto__" } },
    ];
    server.judge(() => ({ verdict: "refused", reasons, flags: [{ code: "clock_skew", params: { off_s: 34_559_460 } }, { code: "late", params: { hours: 30 } }] }));
    await runPass(phone);
    const words = seen((await get(`/app/mine/${id}`)).text);
    assert.match(words, /这类记录不能由该身份（参与人）填写。/);
    assert.match(words, /还在等：新版程序（线索，第 2 版）、标题。/);
    assert.match(words, /没有“__proto__”这一步。/);
    assert.match(words, /手机时间差了 399 天/);
    assert.match(words, /30 小时后才送到/);
  });

  it("that asks for more needs the person, with the centre's words", async (t) => {
    const id = "lead:01k";
    const history = [{ action: "return", at: "2026-11-22T11:00:00Z", text: "请补一张全景" }];
    const { get } = await enrolledScreens(t, { own: [view(id, { state: "returned", history })] });
    const { text } = await get(`/app/mine/${id}`);
    assert.match(text, /standing-needs_you/);
    assert.match(seen(text), /请您补充 中心已收到，请您再补充： 请补一张全景 点“补充情况”写给中心就行/);
    assert.match(seen((await get("/app/returned")).text), /中心请您补充（1） 坝坡被开垦 请您补充/);
  });

  it("of another phone of the same member is listed from its view", async (t) => {
    const { get } = await enrolledScreens(t, { own: [view("lead:01k", { state: "registered" })] });
    assert.match(seen((await get("/app/mine")).text), /坝坡被开垦 已登记 11月22日/);
  });

  it("keeps its reason readable when this build does not know the code", async (t) => {
    const { phone, server, get } = await enrolledScreens(t);
    const { id } = await phone.append(lead());
    await runPass(phone);
    server.judge(() => ({ verdict: "refused", reasons: [{ code: "of_next_year", params: {} }] }));
    await runPass(phone);
    assert.match(seen((await get(`/app/mine/${id}`)).text), /原因代码 of_next_year，这个版本还不认识它/);
  });
});

describe("the sync tab", () => {
  it("lists what is unsent, each photo on its way, and where the work is while the server is away", async (t) => {
    const { phone, server, get } = await enrolledScreens(t);
    await leadWithPhoto(phone);
    server.intercept = () => "cut";
    await runPass(phone);
    const words = seen((await get("/app/sync")).text);
    assert.match(words, /1 条未发送 · 1 张照片未发送/);
    assert.match(words, /连不上服务器。记录都在本机，有网络时会自动发送。/);
    assert.match(words, /有照片 · 第 1 张照片 等待发送 0.0 \/ 0.0 MB/);
  });

  it("offers everything unsent as one file", async (t) => {
    const { get } = await enrolledScreens(t);
    assert.match((await get("/app/sync")).text, /<button type="button" data-rescue="yes">.*存下救援文件/);
  });
});

describe("home", () => {
  it("asks the feeds nothing, so that the button is there at once", async (t) => {
    const asked = [];
    const { phone } = await enrolledScreens(t);
    const waiting = { ownViews: async (type) => asked.push(type) && [] };
    const { text } = await screensOver(phone, {}, waiting).get("/app/");
    assert.match(text, /hx-get="\/app\/returned" hx-trigger="load,/);
    assert.deepEqual(asked, []);
  });
});

describe("empty lists", () => {
  it("teach the next step", async (t) => {
    const { get } = await enrolledScreens(t);
    assert.match(seen((await get("/app/mine")).text), /记下第一条之后，就能在这里看到/);
    assert.match(seen((await get("/app/")).text), /看到问题时点下面的按钮/);
  });
});
