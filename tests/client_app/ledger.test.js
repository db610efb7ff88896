/** What the person who serves reads of minutes (DOMAIN 3.6: reported and credited apart, the arithmetic shown). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { enrolledScreens, ORDER, seen, STATION } from "./app_rig.js";

const line = (key, params = {}) => ({ key: `service.${key}`, params });
const SESSION = {
  id: "session:1", station: STATION._id, day: "2026-11-23", state: "confirmed", reported_min: 207, credited_min: 195,
  lines: [
    line("explain.served", { came: "14:05", went: "17:32", minutes: 207 }),
    line("deduction.break", { break_min: 40, free_min: 30, minutes: 10 }),
    line("explain.rules", { version: "2026.1" }),
  ],
};
const FORGOTTEN = {
  ...SESSION, id: "session:2", day: "2026-11-24",
  lines: [line("explain.forgotten_out", { came: "09:00", went: "15:00", minutes: 360, why: line("bound.daily_cap") })],
};

function ledgerScreen(t, sessions) {
  const order = { ...ORDER, ledger: { balance_min: 195, remaining_min: 1605, sessions, ledger: [] } };
  return enrolledScreens(t, { stations: [STATION], orders: sessions ? [order] : [ORDER] }).then(({ get }) => get("/app/ledger"));
}

describe("my hours", () => {
  it("says how the minutes of a session came about", async (t) => {
    const text = seen((await ledgerScreen(t, [SESSION])).text);
    assert.match(text, /已核定 195 分钟，还差 1605 分钟。/);
    assert.match(text, /2026-11-23 祝阿镇公益服务站 14:05 签到，17:32 签退，共 207 分钟。 休息 40 分钟，30 分钟以内不扣，超出的扣 10 分钟。/);
  });

  it("says values that are words themselves, and the newest session first", async (t) => {
    const text = seen((await ledgerScreen(t, [SESSION, FORGOTTEN])).text);
    assert.match(text, /没有签退记录；按每日上限算到 15:00/);
    assert.ok(text.indexOf("2026-11-24") < text.indexOf("2026-11-23"));
  });

  it("says what to do while there is nothing to reckon", async (t) => {
    assert.match(seen((await ledgerScreen(t)).text), /还没有可以计算的服务/);
  });
});
