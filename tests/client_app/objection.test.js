/** The person's own word on a session and on the evaluation (DOMAIN 3.5, 3.7; 4, row 20). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, seen } from "./app_rig.js";
import { EVALUATION, HEAD, hiddenFields, logged, NOTICES, OPEN_STATION, SERVED, SESSION } from "./service_rig.js";

const SESSION_PATH = "/app/service/session/01ev";
const EVALUATION_PATH = "/app/service/evaluation/01va";
const open = (t, own) => enrolledScreens(t, { stations: [OPEN_STATION], orders: [SERVED], notices: NOTICES, own });

describe("an objection to a session", () => {
  it("says what it does and until when, and keeps reported and credited apart", async (t) => {
    const { get } = await open(t, [SESSION]);
    assert.match(seen((await get(SESSION_PATH)).text), /申报 207 分钟。 核定 195 分钟。.*5 个工作日内答复/);
    const { get: getReviewed } = await open(t, [{ ...SESSION, state: "disputed", next: ["explain"] }]);
    assert.match(seen((await getReviewed(SESSION_PATH)).text), /最晚 2026年12月1日 复核完/);
  });

  it("is a step with the person's words, and the session is under review at once", async (t) => {
    const { get, post, phone } = await open(t, [SESSION]);
    const { id } = hiddenFields((await get(SESSION_PATH)).text);
    assert.equal((await post(SESSION_PATH, { id, statement: "我 17:50 才走，老李可以作证。" })).status, 303);
    const { body } = await phone.entry(id);
    assert.deepEqual([body.action, body.to, body.base, body.fields.statement], ["dispute", "disputed", [HEAD], "我 17:50 才走，老李可以作证。"]);
    assert.match(seen((await get(SESSION_PATH)).text), /复核中 .*已保存在本机，等中心收到/);
  });

  it("without a word is asked for one, beside the field", async (t) => {
    const { get, post, phone } = await open(t, [SESSION]);
    const { status, text } = await post(SESSION_PATH, { ...hiddenFields((await get(SESSION_PATH)).text), statement: " " });
    assert.equal(status, 422);
    assert.match(text, /id="statement-note"[^>]*>[^<]+/);
    assert.equal((await phone.entries()).length, 0);
  });

  it("while nothing is decided is a statement", async (t) => {
    const { get, post, phone } = await open(t, [{ ...SESSION, state: "ended", credited_min: undefined, next: ["explain"] }]);
    await post(SESSION_PATH, { ...hiddenFields((await get(SESSION_PATH)).text), statement: "签退时屏幕没电了。" });
    const [{ body }] = await phone.entries();
    assert.deepEqual([body.action, body.to], ["explain", undefined]);
  });
});

describe("the evaluation", () => {
  it("is read back and signed, which is no consent", async (t) => {
    const { get, post, phone } = await open(t, [EVALUATION]);
    const { text } = await get(EVALUATION_PATH);
    assert.match(seen(text), /合格.*只是办案时考虑的一个方面.*不表示您同意/);
    const fields = hiddenFields(text);
    assert.equal((await post(`${EVALUATION_PATH}/read_back`, fields)).status, 422);
    assert.equal((await post(`${EVALUATION_PATH}/read_back`, { ...fields, typed_name: "林晓梅" })).status, 303);
    const [signature, step] = await logged(phone);
    assert.deepEqual([signature.body.document, step.body.action, step.body.base], ["notice:01r1", "read_back", [HEAD]]);
  });

  it("is objected to with a statement, until the day that is named", async (t) => {
    const { get, post, phone } = await open(t, [EVALUATION]);
    const { text } = await get(EVALUATION_PATH);
    assert.match(seen(text), /最晚 2026年12月1日 提出/);
    await post(`${EVALUATION_PATH}/object`, { ...hiddenFields(text), statement: "出勤分数少算了两次。" });
    const [{ body }] = await phone.entries();
    assert.deepEqual([body.action, body.to, body.fields.statement], ["object", "objection", "出勤分数少算了两次。"]);
  });
});
