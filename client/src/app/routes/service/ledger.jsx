/** My hours: what is credited on each order, how the minutes of every session came about in plain words, and where to object. */
import { Hono } from "hono/tiny";
import { readReasons, show } from "../../context.js";
import { Live } from "../../parts/live.jsx";
import { Screen } from "../../parts/screen.jsx";
import { ordersOf, viewsOf } from "./known.js";
import { sayHours } from "./say.js";
import { Lines, sessionWord } from "./session_parts.jsx";

export const ledger = new Hono().get("/", async (c) => {
  const { t, feeds } = c.var;
  const [orders, stations, sessions, evaluations] = await Promise.all([
    ordersOf(c.var), feeds.stations(), viewsOf(c.var, "service_session"), feeds.ownViews("evaluation"), readReasons(c),
  ]);
  const counted = orders.filter((order) => order.ledger);
  return show(c, (
    <Screen c={c} title={t("phone.service.hours.title")} back="/app/">
      <Live c={c}>
        {counted.length === 0 ? <p class="empty">{t("phone.service.hours.empty")}</p> : null}
        {counted.map((order) => <Order t={t} order={order} stations={stations} sessions={sessions} />)}
        {evaluations.map(({ _id }) => <p><a class="button" href={`/app/service/evaluation/${_id.split(":")[1]}`}>{t("phone.service.evaluation.title")}</a></p>)}
      </Live>
      <p class="hint">{t("phone.service.hours.how")}</p>
    </Screen>
  ));
});

function Order({ t, order, stations, sessions }) {
  const { balance_min: credited, remaining_min: left, sessions: told } = order.ledger;
  const nameOf = (id) => stations.find((station) => station._id === id)?.name ?? "";
  return (
    <section>
      <h2>{order.order_no}</h2>
      <p>{t("phone.service.hours.balance", { credited, left })}</p>
      <p>{t("phone.service.hours.so_far", { credited: sayHours(credited, t), left: sayHours(left, t) })}</p>
      {[...told].reverse().map((session) => <Told t={t} told={session} station={nameOf(session.station)} view={sessions.find((view) => view._id === session.record)} />)}
    </section>
  );
}

function Told({ t, told, station, view }) {
  return (
    <section class="session">
      <h3>{told.day} {station}</h3>
      {view ? <p>{sessionWord(view, t)}</p> : null}
      <Lines t={t} lines={told.lines} />
      {view ? <p><a class="alone" href={`/app/service/session/${view._id.split(":")[1]}`}>{t("phone.service.hours.open")}</a></p> : null}
    </section>
  );
}
