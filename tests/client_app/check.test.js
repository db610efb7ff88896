/** Checking in and out (DOMAIN 3.4; LOOK: a check-in in three taps at most). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, ORDER, seen, STATION } from "./app_rig.js";

const OTHER_STATION = { ...STATION, _id: "station:02nd", name: "晏城街道公益服务站" };
const TWO_STATIONS = { stations: [STATION, OTHER_STATION], orders: [{ ...ORDER, stations: [STATION._id, OTHER_STATION._id] }] };
const ONE_STATION = { stations: [STATION, OTHER_STATION], orders: [ORDER] };
const SAMPLES = [
  { lat: 36.5672, lng: 116.7581, accuracy_m: 8, altitude: null, at: "2026-11-23T14:05:00.000+08:00" },
  { lat: 36.56729, lng: 116.7581, accuracy_m: 12, altitude: 20.5, at: "2026-11-23T14:05:01.000+08:00" },
];

/** The fields that a person's browser would post from a screen. */
function hiddenFields(html) {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name, value]) => [name, value.replaceAll("&quot;", '"')]));
}

async function checkScreen(t, views = ONE_STATION) {
  const screens = await enrolledScreens(t, views);
  const { text } = await screens.get("/app/check");
  return { ...screens, text, fields: hiddenFields(text) };
}

describe("the form", () => {
  it("asks for neither order nor station where there is only one", async (t) => {
    const { text, fields } = await checkScreen(t);
    assert.equal(fields.order, "service_order:01or");
    assert.equal(fields.station, "station:01st");
    assert.doesNotMatch(text, /<select/);
    assert.doesNotMatch(text, /晏城/);
  });

  it("asks for the station where the order names several", async (t) => {
    const { text } = await checkScreen(t, TWO_STATIONS);
    assert.match(text, /<select id="station"/);
    assert.match(seen(text), /请选一项 祝阿镇公益服务站 晏城街道公益服务站/);
  });

  it("says where the order comes from while there is none", async (t) => {
    const { text } = await checkScreen(t, {});
    assert.match(seen(text), /这台手机上还没有您的服务令。联网后会自动下载/);
  });

  it("takes the place of the waiting screen when the order has come, and not before", async (t) => {
    const views = { stations: [STATION], orders: [] };
    const { get } = await enrolledScreens(t, views);
    assert.equal((await get("/app/check?waiting")).status, 204);
    views.orders.push(ORDER);
    assert.match((await get("/app/check?waiting")).text, /id="check"/);
  });

  it("offers checking out after checking in", async (t) => {
    const { get, post, fields } = await checkScreen(t);
    assert.equal(fields.kind, "in");
    await post("/app/check", { ...fields, code: "123456" });
    assert.equal(hiddenFields((await get("/app/check")).text).kind, "out");
  });
});

describe("another phone of the same member", () => {
  it("having checked in leaves checking out to this one", async (t) => {
    const own = [{ _id: "check_event:01in", type: "check_event", kind: "in", order: ORDER._id, station: STATION._id, at: "2026-11-23T08:00:00+08:00" }];
    const { fields } = await checkScreen(t, { ...ONE_STATION, own });
    assert.equal(fields.kind, "out");
  });
});

describe("sealing", () => {
  it("puts the samples into an erasable part and the rest into the body", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    const { status, to } = await post("/app/check", { ...fields, code: "123 456", samples: JSON.stringify(SAMPLES) });
    assert.deepEqual([status, to], [303, `/app/service/checked/${fields.id}?saved`]);
    const { body, role } = await phone.entry(fields.id);
    assert.equal(role, "participant");
    assert.deepEqual([body.kind, body.order, body.station, body.station_version, body.code.value], ["in", "service_order:01or", "station:01st", 3, "123456"]);
    const [row] = await phone.store.db.getAll("log");
    assert.deepEqual(row.parts.fix.value, { samples: SAMPLES, datum: "WGS-84", spread_m: 10 });
    assert.equal(JSON.stringify(body).includes("36.5672"), false);
  });

  it("never waits for a position: the reason takes its place", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    await post("/app/check", { ...fields, samples: "", samples_missing: "denied" });
    assert.equal((await phone.entry(fields.id)).body.fix_missing_reason, "denied");
  });

  it("twice, from two taps, makes one entry", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    await Promise.all([post("/app/check", fields), post("/app/check", fields)]);
    assert.equal((await phone.entries()).length, 1);
  });

  it("takes a code as a Chinese keyboard types it, full width and with spaces", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    assert.equal((await post("/app/check", { ...fields, code: "１ ２ ３ ４ ５ ６" })).status, 303);
    assert.equal((await phone.entry(fields.id)).body.code.value, "123456");
  });

  it("refuses a note that the centre would not take, beside the field", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    const { status, text } = await post("/app/check", { ...fields, note: "长".repeat(203) });
    assert.equal(status, 422);
    assert.match(text, /id="note-note"[^>]*>超出 3 个字，最多 200 个。/);
    assert.match(text, /<details open/);
    assert.equal((await phone.entries()).length, 0);
  });

  it("keeps the position that was collected while something else is put right", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    const { status, text } = await post("/app/check", { ...fields, code: "12", samples: JSON.stringify(SAMPLES) });
    assert.equal(status, 422);
    assert.match(seen(text), /±8 米/);
    await post("/app/check", { ...hiddenFields(text), code: "123456" });
    const [row] = await phone.store.db.getAll("log");
    assert.deepEqual(row.parts.fix.value.samples, SAMPLES);
  });

  it("refuses a code of five digits in words, and keeps what was typed", async (t) => {
    const { post, fields, phone } = await checkScreen(t);
    const { status, text } = await post("/app/check", { ...fields, code: "12345" });
    assert.equal(status, 422);
    assert.match(text, /id="code-note"[^>]*>站点码是 6 位数字；看不到就空着。/);
    assert.match(text, /value="12345"/);
    assert.equal((await phone.entries()).length, 0);
  });
});
