/**
 * What the events of this member say of being at a station: which stay is open, whether it should have ended, and what comes next.
 * Only for showing what to do: the centre works out sessions and minutes from the same events. Pure.
 */

/** @typedef {{id: string, kind: string, order: string, station: string, slot?: string, at: string, hash?: string}} Event */
/** @typedef {{in: Event, out: Event|null, break: Event|null, mids: Event[]}} Stay `break`: the start of one that is under way */

const MINUTE_MS = 60_000;
/** Of an older view, which does not say what is in force (DOMAIN 3.0). */
const DAILY_CAP_MIN = 360;
/** How long a stay without an end is spoken of; later only the centre's session is. */
const REMIND_FOR_MS = 3 * 24 * 60 * MINUTE_MS;
const DAY_END = "24:00";

/** @param {Event[]} events @returns {Stay[]} by their beginning */
export function staysOf(events) {
  const stays = [];
  for (const event of [...events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    if (event.kind === "in") stays.push({ in: event, out: null, break: null, mids: [] });
    else take(stays.findLast((stay) => stay.out === null && stay.in.order === event.order), event);
  }
  return stays;
}

function take(stay, event) {
  if (!stay) return;
  if (event.kind === "out") stay.out = event;
  if (event.kind === "break_start") stay.break = event;
  if (event.kind === "break_end") stay.break = null;
  if (event.kind === "mid_check") stay.mids.push(event);
}

/**
 * When a stay ends by itself: the earliest of slot end, closing time and daily cap (DOMAIN 4, row 9).
 * @param {Stay} stay @param {{slots: object[], stations: object[], orders: object[]}} known @returns {number} epoch ms
 */
export function endsByItself({ in: begin }, { slots, stations, orders }) {
  const beganMs = Date.parse(begin.at);
  const order = orders.find((view) => view._id === begin.order);
  const slot = slots.find((view) => view._id === begin.slot) ?? slotAround(slots, begin);
  const station = stations.find((view) => view._id === begin.station);
  const closing = station?.closes_at ? onDay(beganMs, station.closes_at) : onDay(beganMs, DAY_END);
  const bounds = [beganMs + (order?.ledger?.caps?.daily_min ?? order?.daily_cap_min ?? DAILY_CAP_MIN) * MINUTE_MS, slot ? Date.parse(slot.ends_at) : Infinity, closing];
  return Math.min(...bounds.filter((bound) => bound > beganMs));
}

/** The time that was booked where somebody checks in. */
export function slotAround(slots, { station, at }) {
  const atMs = Date.parse(at);
  const isNear = (slot) => Date.parse(slot.starts_at) - 2 * 60 * MINUTE_MS <= atMs && atMs < Date.parse(slot.ends_at);
  return slots.find((slot) => slot.state === "booked" && slot.station === station && isNear(slot)) ?? null;
}

/** A clock time on the day of a moment, in this phone's zone. @param {string} clock `08:30`, `24:00` */
export function onDay(ms, clock) {
  const [hours, minutes] = clock.split(":").map(Number);
  return new Date(ms).setHours(hours, minutes, 0, 0);
}

/**
 * Stays without an end, each with what is known of it. `isOver`: it should have ended by now.
 * @param {{nowMs: number, ended: Set<string>}} about `ended`: check-ins whose session the centre has ended
 * @returns {(Stay & {endsMs: number, isOver: boolean})[]} newest first
 */
export function openStays(events, known, { nowMs, ended }) {
  return staysOf(events)
    .filter((stay) => stay.out === null && !ended.has(stay.in.id))
    .map((stay) => ({ ...stay, endsMs: endsByItself(stay, known) }))
    .map((stay) => ({ ...stay, isOver: nowMs > stay.endsMs }))
    .filter((stay) => nowMs - stay.endsMs < REMIND_FOR_MS)
    .reverse();
}

/** What the person most likely wants now. @param {(Stay & {isOver: boolean})|null} stay the newest open one */
export function nextKind(stay) {
  if (!stay) return "in";
  return stay.break ? "break_end" : "out";
}
