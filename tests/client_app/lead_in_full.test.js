/** The folded part of a lead's form, its clip, its number on paper, and what is said after sending (DOMAIN 3.8, 4.3). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DOMAINS, enrolledScreens, seen } from "./app_rig.js";
import { runPass } from "../../client/src/sync/pass.js";

const WORDS = "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝，雨季有塌陷危险。";
const WHOLE = { domain: "ECO", title: "坝坡被开垦", description: WORDS, urgency: "normal", place_text: "险工段下游", no_photo_reason: "天黑" };
const MP4 = "\x00\x00\x00\x20ftypisom\x00\x00\x02\x00";
const CLIP_META = { taken_at: "2026-11-23T14:05:00.000+08:00", duration_s: 12.4, size: 20 };

async function begun(t, views = {}) {
  const screens = await enrolledScreens(t, { tables: [DOMAINS], ...views });
  const { to } = await screens.post("/app/lead/new");
  return { ...screens, path: to, id: `lead:${to.split("/").at(-1)}` };
}

async function sent(t, views) {
  const screens = await begun(t, views);
  await screens.post(`${screens.path}/submit`, WHOLE);
  return screens;
}

const clip = (bytes = MP4) => new File([Uint8Array.from(bytes, (sign) => sign.charCodeAt(0))], "a.mp4", { type: "video/mp4" });

describe("the folded part", () => {
  it("is sealed with what was typed, and nothing of it is asked for", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { status } = await post(`${path}/submit`, {
      ...WHOLE, harm_est: "", area_mu: "3，5", length_m: "120", count: "", suspected_actor: "村民张某", agency: "河务局", anonymity: "hidden", contact_ok: "no", grid_no: "73",
    });
    assert.equal(status, 303);
    const { body, sealed } = await phone.entry(id);
    const { harm_est, suspected_actor, agency, anonymity, contact_ok, places } = body;
    assert.deepEqual({ harm_est, suspected_actor, agency, anonymity, contact_ok, places }, {
      harm_est: { area_mu: 3.5, length_m: 120 }, suspected_actor: "村民张某", agency: "河务局", anonymity: "hidden", contact_ok: false, places: [{ kind: "stake", grid_no: 73 }],
    });
    assert.equal(sealed?.schema ?? (await phone.store.rowsOf("log", (await phone.identity()).device))[0].sealed.schema, 2);
  });

  it("takes places one by one, says what is no cell, and counts what is typed last", async (t) => {
    const { post, path, phone, id } = await begun(t);
    assert.match(seen((await post(`${path}/place`, { stake_no: "K73+200", grid_no: "73" })).text), /桩号 K73\+200 · 网格 73/);
    const wrong = await post(`${path}/place`, { grid_no: "190" });
    assert.deepEqual([wrong.status, /value="190"/.test(wrong.text)], [422, true]);
    assert.match(seen(wrong.text), /网格号是 1 到 189 的整数/);
    await post(`${path}/submit`, { ...WHOLE, place_text: "", grid_no: "74" });
    assert.deepEqual((await phone.entry(id)).body.places, [{ kind: "stake", stake_no: "K73+200", grid_no: 73 }, { kind: "stake", grid_no: 74 }]);
  });

  it("asks why it is urgent only where it is", async (t) => {
    const { post, path } = await begun(t);
    const { status, text } = await post(`${path}/submit`, { ...WHOLE, urgency: "urgent" });
    assert.equal(status, 422);
    assert.match(text, /id="urgency_criterion-note"[^>]*>请选一项/);
  });

  it("lets danger stand for a photo", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { no_photo_reason: _none, ...without } = WHOLE;
    await post(`${path}/submit`, { ...without, unsafe_to_photograph: "yes" });
    assert.equal((await phone.entry(id)).body.unsafe_to_photograph, true);
  });

  it("keeps 20,001 characters, says how many are too many, and loses none", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { status, text } = await post(`${path}/submit`, { ...WHOLE, description: "字".repeat(20_001) });
    assert.equal(status, 422);
    assert.match(text, /超出 18001 个字，最多 2000 个/);
    assert.equal((await phone.drafts.get(id)).fields.description.length, 20_001);
  });

  it("offers own earlier leads, the nearest first", async (t) => {
    const near = { _id: "lead:01near", type: "lead", title: "近处", state: "received", at: "2026-11-01T10:00:00Z", places: [{ kind: "pin", lat: 36.5, lng: 116.7 }], heads: [], next: [], media: [], history: [] };
    const far = { ...near, _id: "lead:01far", title: "远处", at: "2026-11-02T10:00:00Z", places: [{ kind: "pin", lat: 37, lng: 116.7 }] };
    const { get, post, path, phone, id } = await begun(t, { own: [near, far] });
    assert.match(seen((await get(path)).text), /是哪几条 远处 .* 近处/);
    await post(`${path}/submit`, { ...WHOLE, related: "lead:01near" });
    assert.deepEqual((await phone.entry(id)).body.related, ["lead:01near"]);
  });
});

describe("a clip", () => {
  it("is kept with its length and hash beside nine photos", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const photo = () => new File(["RIFF----WEBPbytes"], "a.webp", { type: "image/webp" });
    for (let n = 0; n < 9; n += 1) await post(`${path}/photo`, { photo: photo() });
    assert.match(seen((await post(`${path}/clip`, { clip: clip(), meta: JSON.stringify(CLIP_META) })).text), /视频 13 秒/);
    await post(`${path}/submit`, WHOLE);
    const { media } = (await phone.entry(id)).body;
    assert.deepEqual([media.length, media[9].type, media[9].duration_s], [10, "video/mp4", 12.4]);
  });

  it("of three minutes is refused with its length and the limit, and the draft stays", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { status, text } = await post(`${path}/clip`, { meta: JSON.stringify({ ...CLIP_META, duration_s: 180 }) });
    assert.equal(status, 422);
    assert.match(seen(text), /这段视频长 3 分 0 秒，最长 30 秒，没有加进来/);
    assert.deepEqual((await phone.drafts.get(id)).photos, []);
  });

  it("that is too big, no video, or the second is refused", async (t) => {
    const { post, path } = await begun(t);
    const said = async (fields) => seen((await post(`${path}/clip`, fields)).text);
    assert.match(await said({ meta: JSON.stringify({ ...CLIP_META, size: 26_214_401 }) }), /这段视频超过 25 MB/);
    assert.match(await said({ clip: clip("<html>"), meta: JSON.stringify(CLIP_META) }), /这个文件放不出来/);
    await said({ clip: clip(), meta: JSON.stringify(CLIP_META) });
    assert.match(await said({ clip: clip(), meta: JSON.stringify(CLIP_META) }), /视频 13 秒/);
  });
});

describe("the number on paper", () => {
  it("is there from the first moment, goes up by one, and holds no word of the lead", async (t) => {
    const { get, post, path, phone } = await begun(t);
    await post(path, { title: "秘密" });
    const sign = (await phone.identity()).device.slice(-4).toUpperCase();
    const { text } = await get(`${path}/slip`);
    assert.match(seen(text), new RegExp(`${sign}-001`));
    assert.doesNotMatch(seen(text), /秘密/);
    const { to } = await post("/app/lead/new");
    assert.match(seen((await get(`${to}/slip`)).text), new RegExp(`${sign}-002`));
  });
});

describe("after sending", () => {
  it("a supplement is written offline on the lead itself, and two stand one on the other", async (t) => {
    const { get, post, path, phone, id } = await sent(t);
    for (const [n, note] of [[1, "又塌了一处"], [2, "已有人受伤"]]) {
      const form = (await get(`${path}/supplement`)).text;
      const { status, to } = await post(`${path}/supplement`, { id: /name="id" value="([^"]+)"/.exec(form)[1], note });
      assert.deepEqual([status, to], [303, `/app/mine/${id}?said`], String(n));
    }
    const entries = (await phone.entries()).sort((a, b) => a.entry - b.entry);
    assert.deepEqual(entries[1].body, { record: id, base: [entries[0].hash], action: "supplement", fields: { note: "又塌了一处" } });
    assert.deepEqual([entries[1].role, entries[2].body.base], ["volunteer", [entries[1].hash]]);
    assert.match(seen((await get(`/app/mine/${id}`)).text), /补充 在本机 .* 又塌了一处 补充 在本机 .* 已有人受伤/);
  });

  it("an empty supplement and one that is too long are kept in the form with what is wrong", async (t) => {
    const { post, path, phone } = await sent(t);
    const sends = (note) => post(`${path}/supplement`, { id: "step:01jd0000000000000000000001", note });
    assert.match(seen((await sends(" ")).text), /这一项还没有填/);
    const { status, text } = await sends("字".repeat(20_001));
    assert.deepEqual([status, text.includes("字".repeat(20_001))], [422, true]);
    assert.equal((await phone.entries()).length, 1);
  });

  it("a withdrawal is asked for once, and decided by the centre", async (t) => {
    const { get, post, path, phone, id } = await sent(t);
    await post(`${path}/withdraw`, { id: "step:01jd0000000000000000000001", note: "" });
    const [step] = await phone.entries({ type: "step" });
    assert.deepEqual(step.body.fields, { withdraw_requested: true });
    assert.equal((await get(`${path}/withdraw`)).status, 303);
    assert.doesNotMatch((await get(`/app/mine/${id}`)).text, /\/withdraw"/);
  });

  it("what became of it is told in words, each step with its date", async (t) => {
    const own = [];
    const { get, id, phone, server } = await sent(t, { own });
    await runPass(phone);
    server.judge();
    await runPass(phone);
    own.push({
      _id: id, type: "lead", title: "坝坡被开垦", urgency: "normal", observed_at: "2026-11-22T09:00:00Z", state: "returned", received_at: "2026-11-22T10:00:00Z", heads: ["s"], next: ["supplement"], media: [],
      history: [{ action: "register", at: "2026-11-22T11:00:00Z" }, { action: "return", at: "2026-11-23T11:00:00Z", text: "请补一张<b>近照" }],
    });
    const { text } = await get(`/app/mine/${id}`);
    assert.match(seen(text), /您记下了这条线索 .* 中心已收到 .* 登记 11月2\d日 \d\d:00 检察院已给它正式编号，开始办理。 请您补充 11月2\d日 \d\d:00 检察院需要您再补充一些情况。 请补一张&lt;b&gt;近照/);
    assert.match(text, /href="\/app\/lead\/[^"]+\/supplement"/);
  });

  it("another record begun from it names it", async (t) => {
    const { post, phone, id } = await sent(t);
    const { to } = await post("/app/lead/new", { related: id });
    assert.deepEqual((await phone.drafts.get(`lead:${to.split("/").at(-1)}`)).fields.related, [id]);
  });
});
