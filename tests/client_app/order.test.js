/** Own service order: what was agreed, deciding, signing, and leaving at any time (DOMAIN 0.1 and 3.2). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, seen } from "./app_rig.js";
import { HEAD, hiddenFields, logged, NOTICES, OFFERED, OPEN_STATION, PICTURE, SERVED } from "./service_rig.js";

const PATH = "/app/service/order/01or";
const with_ = (order, more = {}) => ({ stations: [OPEN_STATION], orders: [order], notices: NOTICES, ...more });
const written = async (phone) => (await logged(phone)).map(({ type, body }) => [type, body.action ?? body.kind ?? ""]);

describe("what was agreed", () => {
  it("is said in full: hours, station, dates, caps, how presence is shown", async (t) => {
    const { get } = await enrolledScreens(t, with_({ ...SERVED, accommodation: "不安排高温作业" }));
    const text = seen((await get("/app/service/order")).text);
    for (const words of ["30 小时", "祝阿镇公益服务站", "2026年11月1日 至 2099年12月20日", "每天 6 小时，每周 20 小时", "平时不跟踪", "不安排高温作业"]) assert.match(text, new RegExp(words));
  });

  it("never asks for a reason to leave, and says so where one leaves", async (t) => {
    const { get } = await enrolledScreens(t, with_(SERVED));
    assert.match((await get(PATH)).text, /href="\/app\/service\/order\/01or\/withdraw"/);
    const text = (await get(`${PATH}/withdraw`)).text;
    assert.match(seen(text), /不会给您带来任何不利.*不用说明理由/);
    assert.doesNotMatch(text, /<textarea|<input type="text"/);
  });

  it("of somebody else is not here", async (t) => {
    const { get } = await enrolledScreens(t, with_(SERVED));
    assert.equal((await get("/app/service/order/01other")).status, 404);
  });
});

describe("the pledge", () => {
  it("shows the notice that the order names and the pledge in force, not one to come", async (t) => {
    const { get } = await enrolledScreens(t, with_(OFFERED));
    const text = seen((await get(`${PATH}/pledge`)).text);
    assert.match(text, /参加完全自愿.*第 1 版.*本人自愿参加/);
    assert.doesNotMatch(text, /新的告知|以后的/);
  });

  it("cannot be signed while what is signed is not on this phone", async (t) => {
    const { get } = await enrolledScreens(t, with_(OFFERED, { notices: NOTICES.slice(0, 2) }));
    const { text } = await get(`${PATH}/pledge`);
    assert.match(seen(text), /还没有下载到这台手机/);
    assert.doesNotMatch(text, /<form id="pledge"/);
  });

  it("is a signature with its picture, and a step on the heads that were shown", async (t) => {
    const { get, post, phone } = await enrolledScreens(t, with_(OFFERED));
    const fields = hiddenFields((await get(`${PATH}/pledge`)).text);
    assert.equal((await post(`${PATH}/pledge`, { ...fields, lawyer: "no", picture: PICTURE })).status, 303);
    const signature = await phone.entry(fields.signature);
    assert.deepEqual([signature.body.order, signature.body.document, signature.body.lawyer_present], [OFFERED._id, "notice:01p1", false]);
    assert.deepEqual(signature.body.media.map(({ type, size }) => [type, size]), [["image/png", 12]]);
    assert.equal((await phone.media.blob(fields.signature, 1)).size, 12);
    const step = (await phone.entry(fields.step)).body;
    assert.deepEqual([step.action, step.to, step.base, step.fields.pledge_ref, step.fields.lawyer_present], ["pledge", "pledged", [HEAD], fields.signature, false]);
  });

  it("by a typed name is as good, and twice is once", async (t) => {
    const { get, post, phone } = await enrolledScreens(t, with_(OFFERED));
    const fields = { ...hiddenFields((await get(`${PATH}/pledge`)).text), lawyer: "yes", typed_name: "林晓梅" };
    await post(`${PATH}/pledge`, fields);
    await post(`${PATH}/pledge`, fields);
    assert.deepEqual(await written(phone), [["signature", ""], ["step", "pledge"]]);
    assert.equal((await phone.entry(fields.signature)).body.typed_name, "林晓梅");
  });

  it("keeps a drawn signature while the other question is answered", async (t) => {
    const { get, post, phone } = await enrolledScreens(t, with_(OFFERED));
    const { status, text } = await post(`${PATH}/pledge`, { ...hiddenFields((await get(`${PATH}/pledge`)).text), picture: PICTURE });
    assert.equal(status, 422);
    assert.match(text, /<img src="\/app\/draft-photo\//);
    await post(`${PATH}/pledge`, { ...hiddenFields(text), lawyer: "no" });
    assert.deepEqual(await written(phone), [["signature", ""], ["step", "pledge"]]);
  });

  it("stands on top of the view at once, and leaving then follows it", async (t) => {
    const { get, post, phone } = await enrolledScreens(t, with_(OFFERED));
    const fields = hiddenFields((await get(`${PATH}/pledge`)).text);
    await post(`${PATH}/pledge`, { ...fields, lawyer: "no", typed_name: "林晓梅" });
    assert.match(seen((await get(PATH)).text), /已签承诺.*已保存在本机，等中心收到/);
    const leave = hiddenFields((await get(`${PATH}/withdraw`)).text);
    await post(`${PATH}/withdraw`, leave);
    const pledged = await phone.entry(fields.step);
    assert.deepEqual((await phone.entry(leave.id)).body.base, [pledged.hash]);
    assert.match(seen((await get(PATH)).text), /您已退出/);
  });
});

describe("an empty signature", () => {
  for (const name of ["", "  ", "\u200b", ".", "——"]) {
    it(`with the typed name ${JSON.stringify(name)} is refused beside it, and nothing is written`, async (t) => {
      const { get, post, phone } = await enrolledScreens(t, with_(OFFERED));
      const fields = hiddenFields((await get(`${PATH}/pledge`)).text);
      const { status, text } = await post(`${PATH}/pledge`, { ...fields, lawyer: "no", typed_name: name });
      assert.equal(status, 422);
      assert.match(text, /id="signature-note"[^>]*class="note error"/);
      assert.deepEqual(await written(phone), []);
    });
  }
});

describe("leaving", () => {
  it("is a step without reason, and nothing is left to be done after it", async (t) => {
    const { get, post, phone } = await enrolledScreens(t, with_(SERVED));
    await post(`${PATH}/withdraw`, hiddenFields((await get(`${PATH}/withdraw`)).text));
    const [{ body }] = await phone.entries();
    assert.deepEqual(body, { record: SERVED._id, base: [HEAD], action: "withdraw", to: "withdrawn", fields: {} });
    assert.doesNotMatch((await get(PATH)).text, /\/withdraw"/);
    assert.match(seen((await get("/app/check")).text), /现在没有可以签到的服务令/);
  });

  it("an offer is declining it", async (t) => {
    const { get, post, phone } = await enrolledScreens(t, with_(OFFERED));
    await post(`${PATH}/decline`, hiddenFields((await get(`${PATH}/decline`)).text));
    assert.deepEqual(await written(phone), [["step", "decline"]]);
  });
});
