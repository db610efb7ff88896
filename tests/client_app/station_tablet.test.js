/** The tablet's screens: what is behind the PIN, the roster, forms of paper (DOMAIN 4, rows 5, 6, 17, 31; ARCHITECTURE, "Service at stations"). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { STATION_ID, ZHAO } from "../client/phones.js";
import { lock } from "../../client/src/log/operators.js";
import { actBody, actFrom, actProblems } from "../../client/src/app/routes/station/act_form.js";
import { rosterOf } from "../../client/src/app/routes/station/roster.js";
import { lineBody, lineProblems, sheetProblems } from "../../client/src/app/routes/station/sheet_form.js";
import { seen } from "./app_rig.js";
import { ORDERS, PIN, STATION, tabletScreens } from "./tablet_rig.js";

const t = (key) => key;

function formOf(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

describe("behind the PIN", () => {
  for (const path of ["roster", "records", "sheets", "stand-down", "person/01aa", "act/in/01aa", "evaluation/01ev"]) {
    it(`${path} is not shown by a locked tablet`, async (test) => {
      const { get, phone } = await tabletScreens(test);
      await lock(phone);
      const { status, to } = await get(`/app/station/${path}`);
      assert.deepEqual([status, to], [303, "/app/station/open"]);
    });
  }

  it("a locked tablet writes nothing, whatever is posted", async (test) => {
    const { post, phone } = await tabletScreens(test);
    await lock(phone);
    const { to } = await post("/app/station/act/note/01aa", { id: "check_event:01n", note: "在场", member: ZHAO.member, pin: PIN });
    assert.equal(to, "/app/station/open");
    assert.equal((await phone.recent(5)).count, 0);
  });

  for (const path of ["/app/", "/app/mine", "/app/sync", "/app/settings", "/app/lead/new", "/app/check", "/app/ledger", "/app/media/check_event:01n/1"]) {
    it(`${path} leads back to the code`, async (test) => {
      const { get } = await tabletScreens(test);
      assert.equal((await get(path)).to, "/app/station");
    });
  }

  it("a revoked tablet shows no code", async (test) => {
    const { get, phone } = await tabletScreens(test);
    await phone.store.setMeta("flags", { revoked: true });
    const { text } = await get("/app/station/code");
    assert.match(seen(text), /动态码还没有送到，或者这台平板已停用/);
  });

  it("the display shows neither codes of persons nor who acts", async (test) => {
    const { get } = await tabletScreens(test);
    const { text } = await get("/app/station");
    assert.match(seen(text), /祝阿镇公益服务站/);
    assert.doesNotMatch(seen(text), /甲-01|赵督导/);
  });
});

describe("what is written", () => {
  it("names who acted, the order, the station in its version, and says where it is", async (test) => {
    const { get, post, phone } = await tabletScreens(test);
    const answer = await post("/app/station/act/sup_confirm/01aa", { id: "check_event:01n", short: "4F4f-4f", rating: "5", is_done: "yes", member: ZHAO.member, pin: PIN });
    assert.equal(answer.to, "/app/station/roster?saved=1");
    const [row] = (await phone.recent(5)).rows;
    assert.equal(row.author, ZHAO.member);
    assert.deepEqual(row.body, { kind: "sup_confirm", order: "service_order:01aa", station: STATION_ID, station_version: 3, about: "4f4f4f", rating: 5, task_done: true });
    assert.match(seen((await get("/app/station/records")).text), /站点确认 甲-01 .* 赵督导 .*在这台平板上/);
  });

  it("the same form sent twice is written once", async (test) => {
    const { post, phone } = await tabletScreens(test);
    const fields = { id: "check_event:01n", note: "在场", member: ZHAO.member, pin: PIN };
    await post("/app/station/act/note/01aa", fields);
    await post("/app/station/act/note/01aa", fields);
    assert.equal((await phone.recent(5)).count, 1);
  });

  it("a wrong PIN keeps what was typed and says that nothing was recorded", async (test) => {
    const { post, phone } = await tabletScreens(test);
    const { status, text } = await post("/app/station/act/sup_deny/01aa", { id: "check_event:01n", reason: "没有见到本人", member: ZHAO.member, pin: "111222" });
    assert.equal(status, 422);
    assert.match(text, /没有见到本人<\/textarea>/);
    assert.match(seen(text), /口令不对，没有记下任何内容。还可以试 9 次/);
    assert.equal((await phone.recent(5)).count, 0);
  });

  it("bad weather is one record of the station's day", async (test) => {
    const { post, phone } = await tabletScreens(test);
    await post("/app/station/stand-down", { id: "stand_down:01s", reason: "暴雨红色预警", member: ZHAO.member, pin: PIN });
    const [row] = (await phone.recent(5)).rows;
    assert.deepEqual([row.type, row.body.station, row.body.reason], ["stand_down", STATION_ID, "暴雨红色预警"]);
    assert.match(row.body.day, /^\d{4}-\d\d-\d\d$/);
  });
});

describe("the check-in that a word is on", () => {
  const about = (fields) => actBody("sup_confirm", actFrom(formOf(fields)), { order: "o", station: STATION, slot: undefined }).about;

  it("is the scanned hash, else the six characters, else none", () => {
    assert.equal(about({ scan: `LD2:${"ab".repeat(32)}`, short: "123456" }), "ab".repeat(32));
    assert.equal(about({ short: "12 34 5F" }), "12345f");
    assert.equal(about({}), undefined);
  });

  it("is understood as people write it", () => {
    assert.equal(about({ short: "l2OABC" }), "120abc");
  });

  it("is refused when it cannot be one, before a PIN is asked", () => {
    assert.deepEqual(actProblems("sup_confirm", actFrom(formOf({ short: "xyz" })), t, () => null), { short: "phone.station.short_wrong" });
    assert.deepEqual(actProblems("sup_deny", actFrom(formOf({})), t, () => null), { reason: "phone.form.missing" });
  });
});

describe("the roster", () => {
  const now = new Date("2026-11-23T14:00:00");
  const at = (clock) => `2026-11-23T${clock}:00`;
  const here = (...events) => {
    const [found] = rosterOf({ orders: [ORDERS[0]], slots: [], now, events: events.map(([kind, clock], index) => ({ id: `e${index}`, kind, at: at(clock), order: "service_order:01aa" })) });
    return [found.isHere, found.isResting];
  };

  it("says who is here by the last that happened, in whatever order it came", () => {
    assert.deepEqual(here(), [false, false]);
    assert.deepEqual(here(["in", "08:58"]), [true, false]);
    assert.deepEqual(here(["out", "11:30"], ["in", "08:58"]), [false, false]);
    assert.deepEqual(here(["in", "08:58"], ["break_start", "10:00"]), [true, true]);
    assert.deepEqual(here(["sup_confirm", "09:10"]), [true, false]);
  });

  it("a confirmation in the evening calls nobody back", () => {
    assert.deepEqual(here(["in", "08:58"], ["out", "11:30"], ["sup_confirm", "13:00"]), [false, false]);
  });

  it("yesterday counts for nothing", () => {
    const events = [{ id: "e", kind: "in", at: "2026-11-22T09:00:00", order: "service_order:01aa" }];
    assert.equal(rosterOf({ orders: [ORDERS[0]], slots: [], events, now })[0].isHere, false);
  });

  it("begins with who is here, then who is expected", () => {
    const orders = [...ORDERS, { _id: "service_order:01cc", display_code: "丙-03" }];
    const slots = [{ order: "service_order:01cc", starts_at: at("15:00"), ends_at: at("17:00") }];
    const events = [{ id: "e", kind: "in", at: at("08:58"), order: "service_order:01bb" }];
    assert.deepEqual(rosterOf({ orders, slots, events, now }).map(({ code }) => code), ["乙-02", "丙-03", "甲-01"]);
  });
});

describe("a paper sheet", () => {
  const line = { line: 2, order: "service_order:01aa", came: "08:30", went: "11:30", came_again: "08:30", went_again: "11:30" };

  it("a line becomes a claim of that sheet, line and day", () => {
    const body = lineBody({ number: "ZA-0007", day: "2026-11-20" }, line, STATION);
    assert.deepEqual([body.kind, body.sheet, body.station_version], ["sheet_line", { number: "ZA-0007", line: 2 }, 3]);
    assert.match(body.claim.in_at, /^2026-11-20T08:30:00\.000[+-]\d\d:\d\d$/);
    assert.match(body.claim.out_at, /^2026-11-20T11:30:00/);
  });

  it("times that differ the second time are not taken", () => {
    assert.deepEqual(lineProblems({ ...line, went_again: "11:40" }, [], t), { went_again: "phone.station.times_differ" });
  });

  it("a line is entered once, has a person, and ends after it begins", () => {
    assert.deepEqual(lineProblems(line, [{ line: 2 }], t), { line: "phone.station.line_wrong" });
    assert.deepEqual(lineProblems({ ...line, order: "" }, [], t), { order: "phone.form.choose" });
    assert.deepEqual(lineProblems({ ...line, went: "08:00", went_again: "08:00" }, [], t), { went: "phone.station.out_before_in" });
  });

  it("has a number, a day that has been, and a photo", () => {
    const about = { photo: null, today: "2026-11-23" };
    assert.deepEqual(Object.keys(sheetProblems({ number: "", day: "2026-11-24" }, about, t)), ["number", "day", "photo"]);
  });
});
