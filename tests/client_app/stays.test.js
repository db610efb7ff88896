/** What a phone makes of its own events: which stay is open, when it ends by itself, when a word in between is asked for (DOMAIN 4, row 9; 5, rank 10). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import "../client/browser.js";
import { promptAtMs, promptOf } from "../../client/src/app/routes/service/prompt.js";
import { endsByItself, nextKind, openStays, staysOf } from "../../client/src/app/routes/service/stays.js";

const DAY = "2026-11-23";
const at = (clock) => new Date(`${DAY}T${clock}`).toISOString();
const ms = (clock) => Date.parse(at(clock));
const ORDER = "service_order:1";
const STATION = { _id: "station:1", closes_at: "17:30" };
const event = (kind, clock, more = {}) => ({ id: `check_event:${kind}${clock}`, kind, order: ORDER, station: STATION._id, at: at(clock), hash: "80000000".padEnd(64, "0"), ...more });
const NOTHING = { slots: [], stations: [], orders: [] };
const open = (events, clock, known = NOTHING, ended = []) => openStays(events, known, { nowMs: ms(clock), ended: new Set(ended) });

describe("a stay", () => {
  it("is open from its check-in to the check-out of the same order", () => {
    assert.equal(open([event("in", "09:00")], "10:00").length, 1);
    assert.equal(open([event("in", "09:00"), event("out", "11:00")], "11:30").length, 0);
    assert.equal(open([event("in", "09:00"), event("out", "11:00", { order: "service_order:2" })], "11:30").length, 1);
  });

  it("is the same in whatever order the events are read", () => {
    const events = [event("in", "09:00"), event("break_start", "10:00"), event("break_end", "10:20"), event("mid_check", "10:30"), event("out", "11:00")];
    assert.deepEqual(staysOf([...events].reverse()), staysOf(events));
    assert.equal(staysOf(events)[0].mids.length, 1);
  });

  it("wants its break ended before anything else, and its check-out after", () => {
    const [resting] = open([event("in", "09:00"), event("break_start", "10:00")], "10:10");
    assert.equal(nextKind(resting), "break_end");
    const [back] = open([event("in", "09:00"), event("break_start", "10:00"), event("break_end", "10:20")], "10:30");
    assert.equal(nextKind(back), "out");
    assert.equal(nextKind(null), "in");
  });

  it("is nothing more to remind of once the centre has ended its session", () => {
    assert.equal(open([event("in", "09:00")], "20:00", NOTHING, ["check_event:in09:00"]).length, 0);
  });
});

describe("a forgotten check-out", () => {
  it("ends at the earliest of slot end, closing time and daily cap", () => {
    const stay = staysOf([event("in", "13:00")])[0];
    assert.equal(endsByItself(stay, NOTHING), ms("19:00"));
    assert.equal(endsByItself(stay, { ...NOTHING, stations: [STATION] }), ms("17:30"));
    assert.equal(endsByItself(stay, { ...NOTHING, stations: [STATION], orders: [{ _id: ORDER, daily_cap_min: 120 }] }), ms("15:00"));
    const inForce = { _id: ORDER, daily_cap_min: 120, ledger: { caps: { daily_min: 90 } } };
    assert.equal(endsByItself(stay, { ...NOTHING, stations: [STATION], orders: [inForce] }), ms("14:30"));
    const slot = { _id: "slot:1", state: "booked", station: STATION._id, starts_at: at("13:00"), ends_at: at("14:30") };
    assert.equal(endsByItself(stay, { slots: [slot], stations: [STATION], orders: [] }), ms("14:30"));
  });

  it("is over only after that, and is spoken of for three days", () => {
    assert.equal(open([event("in", "13:00")], "18:59")[0].isOver, false);
    assert.equal(open([event("in", "13:00")], "19:01")[0].isOver, true);
    assert.equal(openStays([event("in", "13:00")], NOTHING, { nowMs: ms("19:00") + 73 * 3_600_000, ended: new Set() }).length, 0);
  });

  it("of somebody who came when the station had closed is counted by the other bounds", () => {
    assert.equal(endsByItself(staysOf([event("in", "18:00")])[0], { ...NOTHING, stations: [STATION] }), ms("18:00") + 360 * 60_000);
  });
});

describe("the word in between", () => {
  it("is asked for within the stay, at a moment that the hash of the check-in gives", () => {
    const begin = (hash) => ({ at: at("09:00"), hash: hash.padEnd(64, "0") });
    assert.equal(promptAtMs(begin("00000000"), ms("12:00")), ms("09:20"));
    assert.equal(promptAtMs(begin("ffffffff"), ms("12:00")), ms("11:40"));
    assert.equal(Math.round((promptAtMs(begin("80000000"), ms("12:00")) - ms("10:30")) / 1000), 0);
    assert.equal(promptAtMs(begin("80000000"), ms("09:40")), null);
  });

  it("is due until it was said, and not during a break", () => {
    const known = { ...NOTHING, orders: [{ _id: ORDER, daily_cap_min: 180 }] };
    const prompt = (events, clock) => promptOf(open(events, clock, known)[0], ms(clock));
    assert.equal(prompt([event("in", "09:00")], "10:29").isDue, false);
    assert.equal(prompt([event("in", "09:00")], "10:31").isDue, true);
    assert.equal(prompt([event("in", "09:00"), event("break_start", "10:20")], "10:31").isDue, false);
    assert.equal(prompt([event("in", "09:00"), event("mid_check", "10:35")], "10:40"), null);
  });
});
