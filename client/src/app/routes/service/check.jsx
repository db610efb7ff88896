/** Check in or out: order and station are chosen already where there is only one, the position collects itself, one button seals it. */
import { ulid } from "ulid";
import { Hono } from "hono/tiny";
import { checkFrom, checkProblems, nextKind, sealedCheck } from "./check_form.js";
import { formOf, show } from "../../context.js";
import { hasProblem } from "../../lead_draft.js";
import { CheckScreen, NoOrder } from "./check_screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { myRecords } from "../../records.js";

export const check = new Hono()
  .get("/", async (c) => {
    const known = await choices(c);
    // Asked by the waiting screen itself: it stays as it is until there is something to show.
    if (known.orders.length === 0) return c.req.query("waiting") === undefined ? show(c, <NoOrder c={c} />) : c.body(null, 204);
    return show(c, <CheckScreen c={c} check={await begun(c, known)} {...known} problems={{}} />);
  })
  .post("/", seal);

/** Orders of the feed that are running, and the stations that they name. */
async function choices(c) {
  const [orders, stations] = await Promise.all([c.var.feeds.orders(), c.var.feeds.stations()]);
  const named = new Set(orders.flatMap((order) => order.stations ?? []));
  const own = stations.filter((station) => named.has(station._id));
  return { orders, stations: own.length > 0 ? own : stations };
}

async function begun(c, { orders, stations }) {
  const order = c.req.query("order") ?? (orders.length === 1 ? orders[0]._id : "");
  const events = (await myRecords(c.var)).filter((record) => record.type === "check_event");
  const kind = c.req.query("kind") ?? nextKind(events, order || orders[0]._id);
  return { id: `check_event:${ulid().toLowerCase()}`, order, station: stations.length === 1 ? stations[0]._id : lastStation(events, stations), kind };
}

function lastStation(events, stations) {
  const last = events[0]?.body.station;
  return stations.some((station) => station._id === last) ? last : "";
}

async function seal(c) {
  const { phone, t } = c.var;
  const check = checkFrom(await formOf(c));
  const known = await choices(c);
  const again = (problems) => show(c, <CheckScreen c={c} check={check} {...known} problems={problems} />, 422);
  const problems = checkProblems(check, t);
  if (hasProblem(problems)) return again(problems);
  const station = known.stations.find((view) => view._id === check.station);
  try {
    await phone.append({ id: check.id, type: "check_event", role: "participant", ...sealedCheck(check, station) });
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect(`/app/mine/${check.id}?saved`, 303);
}
