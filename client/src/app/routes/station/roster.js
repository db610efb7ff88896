/** Who is expected at the station today and who is here, by display code: from the station's feed, and from what this tablet has written since. */

const COMING = ["in", "mid_check", "break_end"];
/** As many of the tablet's newest entries as a day has, and more. */
const OF_A_DAY = 400;

/** @typedef {{order: string, code: string, level: string, state: string, limits: string|null, slots: object[], isHere: boolean, isResting: boolean, last: {kind: string, at: string}|null}} Expected */

/** @returns {Promise<Expected[]>} */
export async function rosterNow({ var: { phone, feeds } }, now = new Date()) {
  const [orders, slots, views, { rows }] = await Promise.all([
    feeds.stationViews("service_order"), feeds.stationViews("slot"), feeds.stationViews("check_event"), phone.recent(OF_A_DAY),
  ]);
  const own = rows.filter((row) => row.type === "check_event" && row.place.where !== "needs_you").map(({ id, at, body }) => ({ id, at, kind: body.kind, order: body.order }));
  const seen = views.map((view) => ({ id: view._id, at: view.at, kind: view.kind, order: view.order }));
  return rosterOf({ orders, slots, events: [...seen, ...own], now });
}

/** Pure. Those who are here first, then those with a time today, then the others. @returns {Expected[]} */
export function rosterOf({ orders, slots, events, now }) {
  const day = now.toDateString();
  const isToday = (at) => new Date(at).toDateString() === day;
  const once = new Map(events.filter((event) => isToday(event.at)).map((event) => [event.id, event]));
  const inOrder = [...once.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const found = orders.map((order) => ({
    order: order._id, code: order.display_code, level: order.verify_level, state: order.state, limits: order.accommodation ?? null,
    slots: slots.filter((slot) => slot.order === order._id && isToday(slot.starts_at)).sort((a, b) => Date.parse(a.starts_at) - Date.parse(b.starts_at)),
    ...presence(inOrder.filter((event) => event.order === order._id)),
  }));
  return found.sort((a, b) => rank(a) - rank(b) || a.code.localeCompare(b.code, "zh"));
}

const rank = ({ isHere, slots }) => (isHere ? 0 : slots.length > 0 ? 1 : 2);

/** A confirmation says that somebody is here, unless they had gone before. */
function presence(events) {
  let [isHere, isResting, last] = [false, false, null];
  for (const { kind, at } of events) {
    if (COMING.includes(kind) || (kind === "sup_confirm" && last?.kind !== "out")) [isHere, isResting] = [true, false];
    else if (kind === "break_start") isResting = true;
    else if (kind === "out") [isHere, isResting] = [false, false];
    if (!["note", "sup_deny", "late_entry", "sheet_line", "sup_confirm"].includes(kind) || !last) last = { kind, at };
  }
  return { isHere, isResting, last };
}
