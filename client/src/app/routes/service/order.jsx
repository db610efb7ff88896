/** Own service order: what was agreed, how it stands, what is to be done; and the way out, always in sight. */
import { Hono } from "hono/tiny";
import { show } from "../../context.js";
import { Live } from "../../parts/live.jsx";
import { Screen } from "../../parts/screen.jsx";
import { isKnownText } from "../../text.js";
import { sayShort } from "../../when.js";
import { ordersOf, OVER } from "./known.js";
import { sayDay, sayHours } from "./say.js";
import { may } from "../../steps.js";

const PROOFS = { L1: "phone.service.order.proof_station", L2: "phone.service.order.proof_place", L3: "phone.service.order.proof_photo" };

export const order = new Hono()
  .get("/", async (c) => {
    const [orders, stations] = await Promise.all([ordersOf(c.var), c.var.feeds.stations()]);
    if (orders.length === 1) return show(c, <OrderScreen c={c} order={orders[0]} stations={stations} />);
    return show(c, <OrderList c={c} orders={orders} />);
  })
  .get("/:order", async (c) => {
    const [found, stations] = await Promise.all([orderOf(c), c.var.feeds.stations()]);
    return found ? show(c, <OrderScreen c={c} order={found} stations={stations} />) : c.notFound();
  });

/** The order that an address names, as it stands. */
export async function orderOf(c) {
  return (await ordersOf(c.var)).find((view) => view._id === `service_order:${c.req.param("order")}`) ?? null;
}

export const pathOf = (view) => `/app/service/order/${view._id.split(":")[1]}`;

function OrderList({ c, orders }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.service.order.title")} back="/app/">
      <Live c={c}>
        {orders.length === 0 ? <p class="empty">{t("phone.service.order.none")}</p> : null}
        <ul class="rows">{orders.map((view) => <li><a href={pathOf(view)}><strong>{view.order_no}</strong><span>{stateWords(view, t)}</span></a></li>)}</ul>
      </Live>
    </Screen>
  );
}

function OrderScreen({ c, order: view, stations }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.service.order.title")} back="/app/" action={<Actions t={t} view={view} />}>
      <Live c={c}>
        <section class="standing">
          <strong>{stateWords(view, t)}</strong>
          {view.pending ? <p>{t("phone.service.order.pending", { when: sayShort(view.pending.at, t) })}</p> : null}
          <p>{t(`phone.service.order.means_${meaning(view)}`)}</p>
        </section>
        <Agreed t={t} view={view} stations={stations} />
        <p><a class="alone" href={`${pathOf(view)}/notice`}>{t("phone.service.notice.read")}</a></p>
        <p class="hint">{t("phone.service.order.voluntary")}</p>
      </Live>
    </Screen>
  );
}

/** Deciding stands at the bottom; so does leaving, which never asks for a reason. */
function Actions({ t, view }) {
  const canPledge = may(view, "pledge");
  return (
    <>
      {canPledge ? <a class="button main" href={`${pathOf(view)}/pledge`}>{t("phone.service.order.to_pledge")}</a> : null}
      {canPledge ? <a class="button" href={`${pathOf(view)}/decline`}>{t("phone.service.order.to_decline")}</a> : null}
      {may(view, "withdraw") && !canPledge ? <a class="button" href={`${pathOf(view)}/withdraw`}>{t("phone.service.order.to_withdraw")}</a> : null}
    </>
  );
}

function Agreed({ t, view, stations }) {
  const names = (view.stations ?? []).map((id) => stations.find((station) => station._id === id)).filter(Boolean);
  const placed = stations.find((station) => station._id === view.assigned_station);
  return (
    <dl>
      <dt>{t("phone.service.order.no")}</dt><dd>{view.order_no}</dd>
      <dt>{t("phone.service.order.required")}</dt><dd>{sayHours(view.required_min ?? 0, t)}</dd>
      {view.start_on ? <><dt>{t("phone.service.order.dates")}</dt><dd>{t("phone.service.order.from_to", { from: sayDay(view.start_on, t), to: sayDay(view.due_on, t) })}</dd></> : null}
      {view.daily_cap_min ? <><dt>{t("phone.service.order.caps")}</dt><dd>{t("phone.service.order.caps_are", { day: sayHours(view.daily_cap_min, t), week: sayHours(view.weekly_cap_min ?? view.daily_cap_min * 7, t) })}</dd></> : null}
      <dt>{t("phone.service.order.stations")}</dt>
      {(placed ? [placed] : names).map((station) => <dd>{station.name}<br /><small>{station.address} · {station.open_hours}</small></dd>)}
      {view.service_types?.length > 0 ? <><dt>{t("phone.service.order.types")}</dt><dd>{t("phone.service.order.types_are", { types: view.service_types })}</dd></> : null}
      {PROOFS[view.verify_level] ? <><dt>{t("phone.service.order.proof")}</dt><dd>{t(PROOFS[view.verify_level])}</dd></> : null}
      {view.accommodation ? <><dt>{t("phone.service.order.accommodation")}</dt><dd class="text">{view.accommodation}</dd></> : null}
    </dl>
  );
}

function stateWords({ state }, t) {
  const key = `phone.service.order.state.${state}`;
  return t(isKnownText(key) ? key : "phone.service.order.state.other");
}

/** What the state means for the person: the sentence under it. */
function meaning({ state }) {
  if (state === "offered") return "offered";
  if (OVER.includes(state)) return "over";
  return state === "suspended" ? "suspended" : "running";
}
