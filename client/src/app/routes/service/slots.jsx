/** Times at a station: those that were asked for and how they stand, one more to ask for, and cancelling. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../../context.js";
import { Icon } from "../../parts/icon.jsx";
import { Live } from "../../parts/live.jsx";
import { Screen } from "../../parts/screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { localTime, sayWhen } from "../../when.js";
import { known, SERVING, slotsOf, stationsOf } from "./known.js";
import { sayClock } from "./say.js";
import { SlotForm } from "./slot_form.jsx";
import { OBSTACLES, slotProblem, spanOf } from "./slots.js";
import { appendStep, may, newId } from "../../steps.js";

export const slots = new Hono()
  .get("/", async (c) => show(c, <SlotList c={c} about={await known(c.var)} />))
  .get("/new", async (c) => show(c, <SlotForm c={c} {...(await choices(c))} asked={{ id: newId("slot"), station: c.req.query("station"), day: c.req.query("day") }} problems={{}} />))
  .post("/new", ask)
  .post("/:slot/cancel", async (c) => {
    const id = `slot:${c.req.param("slot")}`;
    const found = (await slotsOf(c.var)).find((slot) => slot._id === id);
    if (found && may(found, "cancel")) {
      await appendStep(c.var.phone, found, { id: String((await formOf(c)).get("id")), action: "cancel" });
      c.var.phone.syncNow();
    }
    return c.redirect("/app/service/slots", 303);
  });

async function choices(c) {
  const about = await known(c.var);
  const orders = about.orders.filter((order) => SERVING.includes(order.state ?? SERVING[0]));
  const placed = orders.map((order) => order.assigned_station).filter(Boolean);
  const own = stationsOf(orders, about.stations);
  const stations = own.filter((station) => placed.length === 0 || placed.includes(station._id));
  return { orders, stations: stations.length > 0 ? stations : own, slots: about.slots, nowMs: about.nowMs };
}

async function ask(c) {
  const { phone, t } = c.var;
  const form = await formOf(c);
  const asked = Object.fromEntries(["id", "order", "station", "day", "from", "to", "note"].map((name) => [name, String(form.get(name) ?? "").trim()]));
  const about = await choices(c);
  const again = (problems) => show(c, <SlotForm c={c} {...about} asked={asked} problems={problems} />, 422);
  if (await phone.entry(asked.id)) return c.redirect("/app/service/slots", 303);
  const wrong = slotProblem(asked, { ...about, station: about.stations.find((station) => station._id === asked.station) });
  if (wrong) return again({ [wrong.name]: t(`phone.service.slots.wrong_${wrong.code}`, wrong.params) });
  const { startMs, endMs } = spanOf(asked);
  const body = { order: asked.order, station: asked.station, starts_at: localTime(new Date(startMs)), ends_at: localTime(new Date(endMs)) };
  try {
    await phone.append({ id: asked.id, type: "slot", role: "participant", body: asked.note ? { ...body, note: asked.note } : body });
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect("/app/service/slots", 303);
}

function SlotList({ c, about }) {
  const { t } = c.var;
  const canAsk = about.orders.some((order) => SERVING.includes(order.state ?? SERVING[0]));
  const shown = about.slots.filter((slot) => Date.parse(slot.ends_at) > about.nowMs - 7 * 24 * 3_600_000);
  const action = canAsk ? <a class="button main" href="/app/service/slots/new">{t("phone.service.slots.ask")}</a> : null;
  return (
    <Screen c={c} title={t("phone.service.slots.title")} back="/app/" action={action}>
      <Live c={c}>
        {shown.length === 0 ? <p class="empty">{t(canAsk ? "phone.service.slots.empty" : "phone.service.slots.not_now")}</p> : null}
        <ul class="rows">{shown.map((slot) => <Slot t={t} slot={slot} stations={about.stations} nowMs={about.nowMs} />)}</ul>
      </Live>
      <p class="hint">{t("phone.service.slots.how")}</p>
    </Screen>
  );
}

function Slot({ t, slot, stations, nowMs }) {
  const station = stations.find((view) => view._id === slot.station)?.name ?? t("phone.check.station_unknown");
  const why = slot.history?.findLast((step) => step.text)?.text;
  const canCancel = may(slot, "cancel") && Date.parse(slot.starts_at) > nowMs;
  const isUnsure = slot.state === "requested" && OBSTACLES.includes(slot.obstacle);
  return (
    <li class="slot">
      <strong>{t("phone.service.slots.span", { from: sayWhen(slot.starts_at, t), to: sayClock(slot.ends_at) })}</strong>
      <span>{station}</span>
      <span class={`where where-${slot.state === "booked" ? "received" : slot.state === "declined" ? "needs_you" : "draft"}`}>
        <Icon name={slot.state === "booked" ? "received" : "at_centre_checking"} />
        <span>{t(slot.isHere || slot.pending ? `phone.service.slots.here_${slot.state}` : `phone.service.slots.state_${slot.state}`)}</span>
      </span>
      {isUnsure ? <p class="hint">{t(`phone.service.slots.obstacle_${slot.obstacle}`)}</p> : null}
      {slot.task ? <p>{slot.task}</p> : null}
      {why ? <p>{why}</p> : null}
      {canCancel ? (
        <form method="post" action={`/app/service/slots/${slot._id.split(":")[1]}/cancel`}>
          <input type="hidden" name="id" value={newId("step")} />
          <button class="quiet">{t("phone.service.slots.cancel")}</button>
        </form>
      ) : null}
    </li>
  );
}
