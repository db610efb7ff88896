/** What this person's service asks for now, on the first screen: what is open, due or booked, and where the rest is. A part of the screen, made after it. */
import { Hono } from "hono/tiny";
import { Icon } from "../../parts/icon.jsx";
import { sayShort } from "../../when.js";
import { known } from "./known.js";
import { promptOf } from "./prompt.js";
import { sayClock, sayHours } from "./say.js";

export const now = new Hono().get("/", async (c) => {
  const about = await known(c.var);
  return c.html(<Now t={c.var.t} about={about} evaluations={await c.var.feeds.ownViews("evaluation")} />);
});

function Now({ t, about, evaluations }) {
  const { orders, stays, slots, nowMs } = about;
  const nameOf = (id) => about.stations.find((station) => station._id === id)?.name ?? t("phone.check.station_unknown");
  const offered = orders.filter((order) => order.state === "offered");
  const toRead = evaluations.filter((evaluation) => (evaluation.next ?? []).length > 0);
  const next = slots.find((slot) => slot.state === "booked" && Date.parse(slot.ends_at) > nowMs);
  return (
    <div id="service-now" hx-get="/app/service/now" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
      {offered.map((order) => <p class="said"><a href={`/app/service/order/${order._id.split(":")[1]}`}>{t("phone.service.now.offered")}</a></p>)}
      {stays.map((stay) => <Stay t={t} stay={stay} station={nameOf(stay.in.station)} nowMs={nowMs} />)}
      {toRead.map(({ _id }) => <p class="said"><a href={`/app/service/evaluation/${_id.split(":")[1]}`}>{t("phone.service.now.evaluation")}</a></p>)}
      {stays.length === 0 && next ? <p>{t("phone.service.now.next", { when: sayShort(next.starts_at, t), end: sayClock(next.ends_at), station: nameOf(next.station) })}</p> : null}
      <Minutes t={t} orders={orders} />
      <nav class="links" aria-label={t("phone.service.now.links")}>
        <a class="button" href="/app/service/order">{t("phone.service.order.title")}</a>
        <a class="button" href="/app/service/slots">{t("phone.service.slots.title")}</a>
        <a class="button" href="/app/ledger">{t("phone.service.hours.title")}</a>
      </nav>
    </div>
  );
}

/** A stay that goes on, or that nobody ended; and the word in between, when it is time. */
function Stay({ t, stay, station, nowMs }) {
  const said = { station, when: sayShort(stay.in.at, t), end: sayShort(stay.endsMs, t) };
  if (stay.isOver) {
    return (
      <section class="warning" role="status">
        <Icon name="warning" />
        <div><p>{t("phone.service.now.forgotten", said)}</p><p><a class="alone" href="/app/check?kind=out">{t("phone.service.now.out_now")}</a></p></div>
      </section>
    );
  }
  const prompt = promptOf(stay, nowMs);
  return (
    <section class="said" role="status">
      <p>{t(stay.break ? "phone.service.check.resting" : "phone.service.check.since", said)}</p>
      {prompt?.isDue ? <p>{t("phone.service.prompt.due")} <a class="alone" href="/app/check?kind=mid_check">{t("phone.check.mid_check")}</a></p> : null}
      <p><a class="alone" href={`/app/service/checked/${stay.in.id}`}>{t("phone.service.checked.show")}</a></p>
      <Wake t={t} stay={stay} prompt={prompt} nowMs={nowMs} />
    </section>
  );
}

/** The screen looks again by itself when the next word is due, and when the stay should be over. */
export function Wake({ t, stay, prompt, nowMs }) {
  const due = prompt && !prompt.isDue && prompt.atMs > nowMs ? [prompt.atMs, "phone.service.prompt.due"] : null;
  const [atMs, words] = due ?? [stay.endsMs, "phone.service.now.end_near"];
  if (atMs <= nowMs) return null;
  // One millisecond later it is past, by any clock that rounds.
  return <span data-enhance="wake" data-at={String(atMs + 1)} data-title={t("phone.name")} data-words={t(words)} hidden></span>;
}

function Minutes({ t, orders }) {
  return orders.filter((order) => order.ledger).map(({ ledger }) => (
    <p>{t("phone.service.hours.so_far", { credited: sayHours(ledger.balance_min, t), left: sayHours(ledger.remaining_min, t) })}</p>
  ));
}
