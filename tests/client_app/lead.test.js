/** A lead from the first tap to the log (DOMAIN 3.8; LOOK, "Phone"). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DOMAINS, enrolledScreens, seen } from "./app_rig.js";

const WORDS = "坝坡外侧约三十米被开垦，种了玉米，根系已经深入护坡石缝，雨季有塌陷危险。";
const WHOLE = { domain: "ECO", title: " 坝坡被开垦种植玉米 ", description: WORDS, urgency: "urgent", urgency_criterion: "flood_season", place_text: "险工段下游二百米", no_photo_reason: "天黑" };
const POINT = { lat: 36.5, lng: 116.7, accuracy_m: 8, datum: "WGS-84", datum_source: "browser", at: "2026-11-23T14:05:00.000+08:00", n_samples: 3, spread_m: 0.4 };

async function begun(t) {
  const screens = await enrolledScreens(t, { tables: [DOMAINS] });
  const { to } = await screens.post("/app/lead/new");
  return { ...screens, path: to, id: `lead:${to.split("/").at(-1)}` };
}

const firstRef = async (phone) => `${(await phone.identity()).device.slice(-4).toUpperCase()}-001`;

const PICTURE = "RIFF----WEBPbytes";
const photo = (bytes = PICTURE, type = "image/webp") => new File([bytes], 'a".jpg', { type });

describe("a draft", () => {
  it("is kept as it is typed, and the form shows it again after a crash", async (t) => {
    const { post, get, path, phone, id } = await begun(t);
    await post(path, { title: "坝坡", description: "看到", urgency: "normal", point: JSON.stringify(POINT) });
    const draft = await phone.drafts.get(id);
    assert.deepEqual(draft.fields, { local_ref: await firstRef(phone), title: "坝坡", description: "看到", urgency: "normal", point: POINT });
    const { text } = await get(path);
    assert.match(text, /value="坝坡"/);
    assert.match(seen(text), /±8 米/);
  });

  it("says beside the field what is too short or too long, and is kept all the same", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { status, text } = await post(path, { title: "长".repeat(63), description: "短" });
    assert.equal(status, 200);
    assert.match(text, /id="title-note"[^>]*hx-swap-oob="true">超出 3 个字，最多 60 个。/);
    assert.match(text, /id="description-note"[^>]*>再写 19 个字，至少 20 个。/);
    assert.equal((await phone.drafts.get(id)).fields.title.length, 63);
  });

  it("is listed at home until it is submitted", async (t) => {
    const { post, get, path } = await begun(t);
    await post(path, { title: "坝坡" });
    assert.match(seen((await get("/app/")).text), /没写完的 坝坡 草稿/);
  });

  it("never runs what was typed", async (t) => {
    const { post, get, path } = await begun(t);
    await post(path, { title: '<img src=x onerror="a()">', description: "</textarea><hx-partial>" });
    for (const screen of [path, "/app/"]) {
      const { text } = await get(screen);
      assert.doesNotMatch(text, /<img src=x|<hx-partial|<\/textarea><hx/, screen);
    }
  });
});

describe("the subjects", () => {
  it("are asked for again by the form itself until the table has come", async (t) => {
    const tables = [];
    const { post, get } = await enrolledScreens(t, { tables });
    const { to: path } = await post("/app/lead/new");
    assert.match((await get(path)).text, new RegExp(`id="domains" hx-get="${path}"`));
    tables.push(DOMAINS);
    const { text } = await get(path);
    assert.doesNotMatch(text, /id="domains" hx-get/);
    assert.match(seen(text), /属于哪一类 生态环境和资源保护 其他类别 英烈权益/);
  });
});

describe("a submit", () => {
  it("with nothing filled in marks each missing field and keeps the draft", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { status, text, headers } = await post(`${path}/submit`, { title: "", description: "" });
    assert.equal(status, 422);
    assert.equal(headers.get("HX-Push-Url"), "false");
    assert.match(seen(text), /还差 5 处，已在下面标出。草稿已保存。/);
    for (const [field, words] of [["title", "这一项还没有填"], ["domain", "请选一项"], ["place_text", "还没有定位"], ["no_photo_reason", "没有照片时"]]) {
      assert.match(text, new RegExp(`id="${field}-note"[^>]*>${words}`), field);
    }
    assert.notEqual(await phone.drafts.get(id), null);
    assert.equal((await phone.entries()).length, 0);
  });

  it("seals the body as the schema wants it, and the draft is gone", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const { begun_at: begunAt } = await phone.drafts.get(id);
    const { status, to } = await post(`${path}/submit`, { ...WHOLE, point: JSON.stringify(POINT) });
    assert.deepEqual([status, to], [303, `/app/mine/${id}?saved`]);
    const { body, role, place } = await phone.entry(id);
    assert.deepEqual(body, {
      local_ref: await firstRef(phone), source: "volunteer", anonymity: "named", contact_ok: true, urgency_criterion: "flood_season",
      domain: "ECO", domain_version: 2024, title: "坝坡被开垦种植玉米", description: WORDS, observed_at: begunAt, urgency: "urgent",
      places: [{ kind: "fix", ...POINT }], place_text: "险工段下游二百米", no_photo_reason: "天黑",
    });
    assert.equal(role, "volunteer");
    assert.equal(place.where, "on_phone");
    assert.equal(await phone.drafts.get(id), null);
  });

  it("twice, from two taps, makes one entry", async (t) => {
    const { post, path, phone, id } = await begun(t);
    await post(`${path}/submit`, WHOLE);
    const { status, to } = await post(`${path}/submit`, WHOLE);
    assert.deepEqual([status, to], [303, `/app/mine/${id}`]);
    assert.equal((await phone.entries()).length, 1);
  });

  it("overtakes a save that was under way, which then changes nothing and fails nothing", async (t) => {
    const { post, path, phone } = await begun(t);
    await post(`${path}/submit`, WHOLE);
    assert.equal((await post(path, { title: "later" })).status, 204);
    assert.deepEqual(await phone.drafts.list(), []);
  });

  it("mends half an emoji instead of losing the lead", async (t) => {
    const { post, path, phone, id } = await begun(t);
    // A form cannot carry it, a draft of another build can.
    await phone.drafts.save(id, { ...WHOLE, title: "坝坡\ud83c" });
    const { status } = await post(`${path}/submit`);
    assert.equal(status, 303);
    assert.equal((await phone.entry(id)).body.title, "坝坡\ufffd");
  });
});

describe("photos", () => {
  it("show at once with the beginning of their hash and their place", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const meta = { taken_at: "2026-11-23T14:05:00.000+08:00", position: { lat: 36.5, lng: 116.7, accuracy_m: 8.4, datum: "WGS-84" }, original: { sha256: "aa", size: 9 } };
    const { text } = await post(`${path}/photo`, { photo: photo(), meta: JSON.stringify(meta) });
    assert.match(seen(text), /d73722d7 36.50000, 116.70000 ±8/);
    const [kept] = (await phone.drafts.get(id)).photos;
    assert.deepEqual([kept.size, kept.type, kept.original], [17, "image/webp", { sha256: "aa", size: 9 }]);
  });

  it("that are no photos are refused in words, and nothing is kept of them", async (t) => {
    const { post, path, phone, id } = await begun(t);
    for (const wrong of [photo("<svg/>", "image/svg+xml"), photo(""), photo("hello", "image/jpeg"), photo("GIF89a", "image/png")]) {
      const { status, text } = await post(`${path}/photo`, { photo: wrong });
      assert.equal(status, 422);
      assert.match(seen(text), /这个文件不是照片，没有加进来/);
    }
    assert.equal((await phone.drafts.get(id)).photos.length, 0);
  });

  it("are called by what they are, not by their name", async (t) => {
    const { post, path, phone, id } = await begun(t);
    const heads = ["\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "\0\0\0 ftypheic", PICTURE].map((text) => Uint8Array.from(text, (sign) => sign.charCodeAt(0)));
    for (const head of heads) await post(`${path}/photo`, { photo: photo(head, "image/jpeg") });
    const types = (await phone.drafts.get(id)).photos.map(({ type }) => type);
    assert.deepEqual(types, ["image/png", "image/jpeg", "image/heic", "image/webp"]);
  });

  it("beyond nine are refused, and the nine stay", async (t) => {
    const { post, path, phone, id } = await begun(t);
    for (let n = 0; n < 9; n += 1) await post(`${path}/photo`, { photo: photo() });
    const { status, text } = await post(`${path}/photo`, { photo: photo() });
    assert.equal(status, 422);
    assert.match(seen(text), /最多 9 张照片/);
    assert.equal((await phone.drafts.get(id)).photos.length, 9);
  });

  it("are answered as pictures from this phone, and go when removed", async (t) => {
    const { post, get, path, phone, id } = await begun(t);
    await post(`${path}/photo`, { photo: photo() });
    const [{ photo: name }] = (await phone.drafts.get(id)).photos;
    const answer = await get(`/app/draft-photo/${name}`);
    assert.equal(answer.text, PICTURE);
    const { text } = await post(`${path}/photo/${name}/remove`);
    assert.doesNotMatch(text, /figure/);
    assert.equal((await get(`/app/draft-photo/${name}`)).status, 404);
  });
});
