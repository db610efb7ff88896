/** Check in, out and in between: order and station are chosen already where there is only one, the position collects itself, one button seals it. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../../context.js";
import { hasProblem } from "../../limits.js";
import { refusalBesideField } from "../../reasons.js";
import { checkFrom, checkProblems, sealedCheck } from "./check_form.js";
import { CheckScreen, NoOrder } from "./check_screen.jsx";
import { known, SERVING, stationsOf } from "./known.js";
import { keptPicture } from "./pictures.js";
import { nextKind, slotAround } from "./stays.js";
import { newId } from "../../steps.js";

export const check = new Hono()
  .get("/", async (c) => {
    const about = await choices(c);
    // Asked by the waiting screen itself: it stays as it is until there is something to show.
    if (about.orders.length === 0) return c.req.query("waiting") === undefined ? show(c, <NoOrder c={c} order={about.all.orders[0]} />) : c.body(null, 204);
    const begun = checkBegun(c, about);
    return show(c, <CheckScreen c={c} check={begun} {...about} mustKnow={isSecond(begun, about)} problems={{}} />);
  })
  .post("/", seal);

/** Orders that are served now, and the one of an open stay whatever has become of it; the stations that they name. */
async function choices(c) {
  const all = await known(c.var);
  const [stay = null] = all.stays;
  const orders = all.orders.filter((order) => SERVING.includes(order.state ?? SERVING[0]) || order._id === stay?.in.order);
  return { all, orders, stay, stations: stationsOf(orders, all.stations) };
}

function checkBegun(c, { all, orders, stations, stay }) {
  const kind = c.req.query("kind") ?? nextKind(stay);
  const ofStay = kind === "in" ? null : stay?.in;
  const order = ofStay?.order ?? c.req.query("order") ?? (orders.length === 1 ? orders[0]._id : "");
  const station = ofStay?.station ?? usualStation(all, orders, stations);
  const slot = ofStay ? ofStay.slot : slotAround(all.slots, { station, at: all.nowMs })?._id;
  return { id: newId("check_event"), order, station, slot, kind };
}

/** The only one, where the next time is booked, where the order is placed, or where this person was last. */
function usualStation({ slots, events, nowMs }, orders, stations) {
  if (stations.length === 1) return stations[0]._id;
  const today = slots.find((slot) => slot.state === "booked" && Date.parse(slot.ends_at) > nowMs);
  const placed = [today?.station, orders[0]?.assigned_station, events[0]?.station];
  return placed.find((id) => stations.some((station) => station._id === id)) ?? "";
}

/** Two stays at once cannot be begun without being told. */
const isSecond = (begun, { stay }) => begun.kind === "in" && stay !== null && begun.knows !== stay.in.id;

async function seal(c) {
  const { phone, t } = c.var;
  const form = await formOf(c);
  const check = checkFrom(form);
  const about = await choices(c);
  check.photo = (await keptPicture(phone, form.get("photo"))) ?? check.photo;
  const again = (problems, status, mustKnow = false) => show(c, <CheckScreen c={c} check={check} {...about} mustKnow={mustKnow} problems={problems} />, status);
  // A second tap: the record is there already, and is no second stay.
  if (await phone.entry(check.id)) return done(c, check);
  const problems = checkProblems(check, t);
  if (hasProblem(problems)) return again(problems, 422);
  if (isSecond(check, about)) return again({}, 409, true);
  const station = about.stations.find((view) => view._id === check.station);
  try {
    const photos = check.photo ? [check.photo] : [];
    await phone.append({ id: check.id, type: "check_event", role: "participant", ...sealedCheck(check, station), photos });
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error), 422);
  }
  phone.syncNow();
  return done(c, check);
}

const done = (c, { id }) => c.redirect(`/app/service/checked/${id}?saved`, 303);
