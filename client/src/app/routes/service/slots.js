/** Times at a station: what may be asked for, and what is wrong with what is asked, before anybody is asked. Pure. */
import { localTime } from "../../when.js";
import { onDay } from "./stays.js";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How far ahead somebody plans. */
const DAYS = 14;
const STEP_MIN = 30;
const OPENS_AT = "08:00";
const CLOSES_AT = "18:00";
/** In these a time is taken, or asked for. */
export const TAKEN = ["requested", "booked"];

/** Why the machine has not booked, as the slot's workflow names it. */
export const OBSTACLES = ["full", "closed_hours", "station_closed", "outside_order", "order_not_open", "over_cap", "overlap", "too_late", "no_length"];

/** @returns {string[]} dates, from today to the end of the order, two weeks at most */
export function daysToChoose(order, nowMs) {
  const days = Array.from({ length: DAYS }, (_, ahead) => localTime(new Date(nowMs + ahead * DAY_MS)).slice(0, 10));
  return days.filter((day) => (!order.start_on || day >= order.start_on) && (!order.due_on || day <= order.due_on));
}

/** @returns {string[]} clock times within the station's hours */
export function timesToChoose(station) {
  const minutes = (clock) => clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  const [first, last] = [minutes(station?.opens_at ?? OPENS_AT), minutes(station?.closes_at ?? CLOSES_AT)];
  const times = [];
  for (let at = Math.ceil(first / STEP_MIN) * STEP_MIN; at <= last; at += STEP_MIN) times.push(`${pad(Math.floor(at / 60))}:${pad(at % 60)}`);
  return times;
}

const pad = (number) => String(number).padStart(2, "0");

/** @param {{day: string, from: string, to: string}} asked @returns {{startMs: number, endMs: number}} in this phone's zone */
export function spanOf({ day, from, to }) {
  const dayMs = new Date(`${day}T00:00`).getTime();
  return { startMs: onDay(dayMs, from), endMs: onDay(dayMs, to) };
}

/** @returns {{name: string, code: string, params?: object}|null} the field it concerns and `phone.service.slots.wrong_<code>` */
export function slotProblem(asked, { station, slots, nowMs }) {
  for (const name of ["station", "day", "from", "to"]) if (!asked[name]) return { name, code: "missing" };
  const { startMs, endMs } = spanOf(asked);
  if (endMs <= startMs) return { name: "to", code: "order" };
  if (startMs <= nowMs) return { name: "from", code: "past" };
  if (station?.opens_at && asked.from < station.opens_at) return { name: "from", code: "closed", params: { from: station.opens_at, to: station.closes_at } };
  if (station?.closes_at && asked.to > station.closes_at) return { name: "to", code: "closed", params: { from: station.opens_at, to: station.closes_at } };
  const overlaps = (slot) => TAKEN.includes(slot.state) && Date.parse(slot.starts_at) < endMs && startMs < Date.parse(slot.ends_at);
  return slots.some(overlaps) ? { name: "from", code: "overlap" } : null;
}
