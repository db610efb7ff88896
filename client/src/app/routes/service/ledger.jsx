/** My hours: what is credited on each order, and how the minutes of every session came about, in plain words. */
import { Hono } from "hono/tiny";
import { readReasons, show } from "../../context.js";
import { Live } from "../../parts/live.jsx";
import { Screen } from "../../parts/screen.jsx";

export const ledger = new Hono().get("/", async (c) => {
  const { t, feeds } = c.var;
  const [orders, stations] = await Promise.all([feeds.orders(), feeds.stations(), readReasons(c)]);
  const counted = orders.filter((order) => order.ledger);
  return show(c, (
    <Screen c={c} title={t("phone.ledger.title")} back="/app/mine">
      <Live c={c}>
        {counted.length === 0 ? <p class="empty">{t("phone.ledger.empty")}</p> : null}
        {counted.map((order) => <Order t={t} order={order} stations={stations} />)}
      </Live>
    </Screen>
  ));
});

function Order({ t, order, stations }) {
  const { balance_min: credited, remaining_min: left, sessions } = order.ledger;
  const nameOf = (id) => stations.find((station) => station._id === id)?.name ?? "";
  return (
    <section>
      <h2>{order.order_no}</h2>
      <p>{t("phone.ledger.balance", { credited, left })}</p>
      {[...sessions].reverse().map(({ day, station, lines }) => (
        <section class="session">
          <h3>{day} {nameOf(station)}</h3>
          <ul>{lines.map((line) => <li>{lineInWords(line, t)}</li>)}</ul>
        </section>
      ))}
    </section>
  );
}

/** A line of the centre's arithmetic; values that are lines themselves are said first. @param {{key: string, params: object}} line */
function lineInWords({ key, params }, t) {
  const said = Object.entries(params).map(([name, value]) => [name, value?.key ? lineInWords(value, t) : value]);
  return t(key, Object.fromEntries(said));
}
