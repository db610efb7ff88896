/** What the screens of service stand on, read once for each: orders, stations, slots, own events, as they stand with own steps. */
import { newestRecords } from "../../records.js";
import { ownSteps, standing } from "../../steps.js";
import { openStays } from "./stays.js";

/** So many of the newest records hold all events of some days. */
const EVENTS = 60;
/** In these an order is served, or was served just now; orders of schema 1 begin assigned. */
export const SERVING = ["assigned", "in_progress", "hours_met", "reopened"];
export const OVER = ["declined", "withdrawn", "decided", "archived", "terminated", "transferred"];

export async function ordersOf({ phone, feeds }) {
  const [orders, steps] = await Promise.all([feeds.orders(), ownSteps(phone)]);
  return orders.map((order) => standing(order, steps));
}

/** Own views of a type as they stand. */
export async function viewsOf({ phone, feeds }, type) {
  const [views, steps] = await Promise.all([feeds.ownViews(type), ownSteps(phone)]);
  return views.map((view) => standing(view, steps));
}

/** Asked for here and not yet in the feed, or known to the centre. @returns {Promise<object[]>} by their beginning */
export async function slotsOf(vars) {
  const [views, { rows }] = await Promise.all([viewsOf(vars, "slot"), vars.phone.recent(EVENTS)]);
  const seen = new Set(views.map((view) => view._id));
  const here = rows.filter((row) => row.type === "slot" && !seen.has(row.id) && row.place.where !== "needs_you");
  const steps = await ownSteps(vars.phone);
  const mine = here.map((row) => standing({ ...row.body, _id: row.id, type: "slot", state: "requested", heads: [row.hash], next: ["cancel"], isHere: true }, steps));
  return [...views, ...mine].sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at));
}

/** @returns {Promise<import("./stays.js").Event[]>} of this phone and of others of the member */
export async function eventsOf(vars) {
  const { records } = await newestRecords(vars, EVENTS);
  return records.filter((record) => record.type === "check_event" && record.entry?.place.where !== "needs_you")
    .map(({ id, at, body, entry }) => ({ id, at, hash: entry?.hash, kind: body.kind, order: body.order, station: body.station, slot: body.slot }));
}

/** All of it at once. `stays`: those without an end, newest first. */
export async function known(vars, nowMs = Date.now()) {
  const asked = [ordersOf(vars), vars.feeds.stations(), slotsOf(vars), eventsOf(vars), vars.feeds.ownViews("service_session")];
  const [orders, stations, slots, events, sessions] = await Promise.all(asked);
  const ended = new Set(sessions.map((session) => `check_event:${session._id.split(":")[1]}`));
  return { orders, stations, slots, events, sessions, nowMs, stays: openStays(events, { orders, stations, slots }, { nowMs, ended }) };
}

/** Stations that an order names, or all where they have not come with it. */
export function stationsOf(orders, stations) {
  const named = new Set(orders.flatMap((order) => order.stations ?? []));
  const own = stations.filter((station) => named.has(station._id));
  return own.length > 0 ? own : stations;
}
