/** The station's evaluation on the tablet (DOMAIN 3.7; ARCHITECTURE, "Service at stations"). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ZHAO } from "../client/phones.js";
import { seen } from "./app_rig.js";
import { PIN, tabletScreens } from "./tablet_rig.js";

const HEAD = "a".repeat(64);
const PATH = "/app/station/evaluation/01ev";
const DRAFT = { _id: "evaluation:01ev", type: "evaluation", order: "service_order:01aa", display_code: "甲-01", state: "draft", next: ["submit"], heads: [HEAD] };
const TYPED = {
  id: "step:01st", attendance: "95", attitude: "９０", work_quality: "88", rule_keeping: "100",
  grade: "qualified", station_comment: "按时到场，做事认真。", member: ZHAO.member, pin: PIN,
};

describe("an evaluation that the centre waits for", () => {
  it("stands on the roster until it is written", async (test) => {
    const { get, post } = await tabletScreens(test, { evaluation: [DRAFT] });
    assert.match(seen((await get("/app/station/roster")).text), /要写的服务评定 甲-01：写评定/);
    assert.equal((await post(PATH, TYPED)).to, "/app/station/roster?saved=1");
    assert.doesNotMatch(seen((await get("/app/station/roster")).text), /要写的服务评定/);
  });

  it("is not offered where the station has nothing to do", async (test) => {
    const { get } = await tabletScreens(test, { evaluation: [{ ...DRAFT, state: "station_submitted", next: [] }] });
    assert.doesNotMatch(seen((await get("/app/station/roster")).text), /要写的服务评定/);
    assert.equal((await get(PATH)).status, 404);
  });

  it("is one step by whoever gave the PIN, on the heads that were shown", async (test) => {
    const { get, post, phone } = await tabletScreens(test, { evaluation: [DRAFT] });
    await post(PATH, TYPED);
    const [row] = (await phone.recent(5)).rows;
    assert.deepEqual([row.type, row.author], ["step", ZHAO.member]);
    assert.deepEqual(row.body, {
      record: "evaluation:01ev", base: [HEAD], action: "submit", to: "station_submitted",
      fields: { attendance: 95, attitude: 90, work_quality: 88, rule_keeping: 100, grade: "qualified", station_comment: "按时到场，做事认真。" },
    });
    assert.match(seen((await get("/app/station/records")).text), /服务评定 甲-01 .* 赵督导 .*在这台平板上/);
  });

  it("sent by two taps is written once", async (test) => {
    const { post, phone } = await tabletScreens(test, { evaluation: [DRAFT] });
    await post(PATH, TYPED);
    assert.equal((await post(PATH, TYPED)).to, "/app/station/roster?saved=1");
    assert.equal((await phone.recent(5)).count, 1);
  });

  it("returned, it says why and begins with what stood there", async (test) => {
    const views = { evaluation: [DRAFT] };
    const { get, post, phone } = await tabletScreens(test, views);
    await post(PATH, TYPED);
    const { hash } = await phone.entry(TYPED.id);
    views.evaluation = [{ ...DRAFT, state: "returned", heads: ["b".repeat(64)], history: [{ action: "submit" }, { action: "send_back", text: "请写明缺勤的情况" }] }];
    assert.notEqual(hash, "b".repeat(64));
    const { text } = await get(PATH);
    assert.match(seen(text), /上次写的被退回：请写明缺勤的情况/);
    assert.match(text, /name="attendance"[^>]*value="95"|value="95"[^>]*name="attendance"/);
    assert.match(text, /按时到场，做事认真。<\/textarea>/);
  });
});

describe("what is typed", () => {
  for (const [field, wrong] of [["attendance", "101"], ["attitude", "-5"], ["work_quality", ""], ["rule_keeping", "8.5"], ["grade", ""], ["station_comment", " "], ["station_comment", "长".repeat(1001)]]) {
    it(`${field} ${JSON.stringify(wrong.slice(0, 5))} is refused beside the field and nothing is lost`, async (test) => {
      const { post, phone } = await tabletScreens(test, { evaluation: [DRAFT] });
      const { status, text } = await post(PATH, { ...TYPED, [field]: wrong });
      assert.equal(status, 422);
      assert.match(text, new RegExp(`<p[^>]*id="${field}-note"[^>]*class="note error"`));
      assert.match(text, field === "attendance" ? /value="90"|value="９０"/ : /value="95"/);
      assert.equal((await phone.recent(5)).count, 0);
    });
  }

  it("a wrong PIN keeps it and writes nothing", async (test) => {
    const { post, phone } = await tabletScreens(test, { evaluation: [DRAFT] });
    const { status, text } = await post(PATH, { ...TYPED, pin: "111222" });
    assert.equal(status, 422);
    assert.match(seen(text), /口令不对，没有记下任何内容/);
    assert.match(text, /按时到场，做事认真。<\/textarea>/);
    assert.equal((await phone.recent(5)).count, 0);
  });
});
