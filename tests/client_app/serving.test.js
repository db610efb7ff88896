/** A day at a station on the phone: slots, two stays at once, breaks, the code for the supervisor (DOMAIN 3.4; 4, rows 9, 13, 21). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, seen } from "./app_rig.js";
import { HEAD, hiddenFields, logged, NOTICES, OPEN_STATION, PICTURE, SERVED } from "./service_rig.js";

const CODE = `LD1:01jd4z7p8w3q5v9x2y6t0r1s4k:048213:${HEAD}`;
const views = (more = {}) => ({ stations: [OPEN_STATION], orders: [SERVED], notices: NOTICES, ...more });
const serving = (t, more) => enrolledScreens(t, views(more));
const form = async ({ get }, kind = "") => hiddenFields((await get(`/app/check${kind && `?kind=${kind}`}`)).text);
const tomorrow = () => new Date(Date.now() + 86_400_000 - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);

describe("a code", () => {
  it("that was scanned says so, with the head of the tablet's log", async (t) => {
    const screens = await serving(t);
    const fields = { ...(await form(screens)), scan: CODE, code: "048213" };
    await screens.post("/app/check", fields);
    const { code } = (await screens.phone.entry(fields.id)).body;
    assert.deepEqual([code.value, code.is_scanned, code.head], ["048213", true, HEAD]);
  });

  it("that was typed over what was scanned counts as typed", async (t) => {
    const screens = await serving(t);
    const fields = { ...(await form(screens)), scan: CODE, code: "111111" };
    await screens.post("/app/check", fields);
    const { code } = (await screens.phone.entry(fields.id)).body;
    assert.deepEqual([code.value, code.is_scanned, code.head], ["111111", undefined, undefined]);
  });
});

describe("after a check-in", () => {
  it("the supervisor is shown its hash as a code and as six characters", async (t) => {
    const screens = await serving(t);
    const fields = await form(screens);
    const { to } = await screens.post("/app/check", fields);
    const { hash } = await screens.phone.entry(fields.id);
    const { text } = await screens.get(to);
    assert.match(text, /<svg class="qr" role="img"/);
    assert.match(seen(text), new RegExp(`或念这六个字符： ${hash.slice(0, 6)}`));
  });

  it("the next thing is checking out, or a break, which then is ended first", async (t) => {
    const screens = await serving(t);
    await screens.post("/app/check", await form(screens));
    const out = await form(screens);
    assert.equal(out.kind, "out");
    await screens.post("/app/check", { ...out, instead: "break_start" });
    assert.equal((await form(screens)).kind, "break_end");
    await screens.post("/app/check", await form(screens));
    await screens.post("/app/check", await form(screens, "mid_check"));
    await screens.post("/app/check", await form(screens));
    assert.deepEqual((await logged(screens.phone)).map(({ body }) => body.kind), ["in", "break_start", "break_end", "mid_check", "out"]);
    assert.equal((await form(screens)).kind, "in");
  });

  it("a second check-in is told of the first, and then it is the person's to say", async (t) => {
    const screens = await serving(t);
    await screens.post("/app/check", await form(screens));
    const { id, order, station } = await form(screens, "in");
    const blind = { id, order, station, kind: "in" };
    const { status, text } = await screens.post("/app/check", blind);
    assert.equal(status, 409);
    assert.match(seen(text), /还没有签退。两段服务不能同时进行/);
    assert.equal((await screens.phone.entries()).length, 1);
    assert.equal((await screens.post("/app/check", { ...blind, knows: hiddenFields(text).knows })).status, 303);
    assert.equal((await screens.phone.entries()).length, 2);
  });
});

describe("a photo where the order asks for one", () => {
  const asked = { orders: [{ ...SERVED, verify_level: "L3" }] };

  it("is taken in the page and goes with the check-in", async (t) => {
    const screens = await serving(t, asked);
    const { text } = await screens.get("/app/check");
    assert.match(text, /data-enhance="shot"/);
    assert.doesNotMatch(text, /<input type="file"[^>]*capture|accept="image\/\*"/);
    const fields = { ...hiddenFields(text), photo: PICTURE };
    await screens.post("/app/check", fields);
    assert.equal((await screens.phone.media.list(fields.id)).length, 1);
  });

  it("that was taken is kept while something else is put right", async (t) => {
    const screens = await serving(t, asked);
    const { status, text } = await screens.post("/app/check", { ...(await form(screens)), photo: PICTURE, code: "12" });
    assert.equal(status, 422);
    const fields = { ...hiddenFields(text), code: "123456" };
    await screens.post("/app/check", fields);
    assert.equal((await screens.phone.media.list(fields.id)).length, 1);
  });

  it("that cannot be taken stops nobody", async (t) => {
    const screens = await serving(t, asked);
    assert.equal((await screens.post("/app/check", await form(screens))).status, 303);
  });
});

describe("the first screen", () => {
  it("reminds of a check-out that was forgotten, without reproach", async (t) => {
    const at = new Date(Date.now() - 20 * 3_600_000).toISOString();
    const own = [{ _id: "check_event:01in", type: "check_event", kind: "in", order: SERVED._id, station: OPEN_STATION._id, at }];
    const { get } = await serving(t, { own });
    assert.match(seen((await get("/app/service/now")).text), /还没有签退，到 .* 已自动结束。不要紧：现在签退并写一句说明/);
  });

  it("says since when somebody is there, and leads to order, times and hours", async (t) => {
    const screens = await serving(t);
    await screens.post("/app/check", await form(screens));
    const { text } = await screens.get("/app/service/now");
    assert.match(seen(text), /已在祝阿镇公益服务站签到/);
    for (const path of ["/app/service/order", "/app/service/slots", "/app/ledger"]) assert.match(text, new RegExp(`href="${path}"`));
    assert.match(text, /data-enhance="wake" data-at="\d+"/);
  });
});

describe("a time at the station", () => {
  const ask = async (screens, more = {}) => {
    const fields = { ...hiddenFields((await screens.get("/app/service/slots/new")).text), station: OPEN_STATION._id, day: tomorrow(), from: "09:00", to: "12:00", ...more };
    return { ...(await screens.post("/app/service/slots/new", fields)), fields };
  };

  it("is asked for as a record, and shown before the centre has answered", async (t) => {
    const screens = await serving(t);
    const { status, fields } = await ask(screens);
    assert.equal(status, 303);
    const { body } = await screens.phone.entry(fields.id);
    assert.deepEqual([body.order, body.station, Date.parse(body.ends_at) - Date.parse(body.starts_at)], [SERVED._id, OPEN_STATION._id, 3 * 3_600_000]);
    assert.match(seen((await screens.get("/app/service/slots")).text), /已存在本机，等中心收到/);
  });

  it("outside the hours, backwards or over another one is refused beside the field", async (t) => {
    const screens = await serving(t, { stations: [{ ...OPEN_STATION, opens_at: "08:30", closes_at: "17:30" }] });
    assert.match((await ask(screens, { from: "07:00" })).text, /id="from-note"[^>]*>站点 08:30 至 17:30 开放。/);
    assert.match((await ask(screens, { to: "09:00" })).text, /id="to-note"[^>]*>结束要晚于开始。/);
    assert.equal((await ask(screens)).status, 303);
    assert.match((await ask(screens, { from: "11:30", to: "13:00" })).text, /和您已有的预约重叠/);
  });

  it("is cancelled with a tap, also before it was sent", async (t) => {
    const screens = await serving(t);
    const { fields } = await ask(screens);
    const { id } = hiddenFields((await screens.get("/app/service/slots")).text);
    await screens.post(`/app/service/slots/${fields.id.split(":")[1]}/cancel`, { id });
    const slot = await screens.phone.entry(fields.id);
    assert.deepEqual((await screens.phone.entry(id)).body, { record: fields.id, base: [slot.hash], action: "cancel", to: "cancelled", fields: {} });
    assert.match(seen((await screens.get("/app/service/slots")).text), /已取消，等中心收到/);
  });
});
