/** One session: how it stands, how its minutes came about, and the person's own word: a statement while nothing is decided, an objection after. */
import { Hono } from "hono/tiny";
import { formOf, readReasons, show } from "../../context.js";
import { Live } from "../../parts/live.jsx";
import { TextField } from "../../parts/field.jsx";
import { Screen } from "../../parts/screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { isKnownText } from "../../text.js";
import { sayShort, sayWhen } from "../../when.js";
import { ordersOf, viewsOf } from "./known.js";
import { sayClock, sayDay } from "./say.js";
import { Lines, sessionWord } from "./session_parts.jsx";
import { statementProblem } from "./statement.js";
import { appendStep, may, newId } from "../../steps.js";

/** Saying one's own side, in this order: an objection where something was decided. */
const WAYS = ["dispute", "explain"];

export const session = new Hono()
  .get("/:session", async (c) => {
    const about = await found(c);
    return about ? show(c, <SessionScreen c={c} {...about} problems={{}} />) : c.notFound();
  })
  .post("/:session", say);

async function found(c) {
  const id = c.req.param("session");
  const [views, orders, stations] = await Promise.all([viewsOf(c.var, "service_session"), ordersOf(c.var), c.var.feeds.stations(), readReasons(c)]);
  const view = views.find(({ _id }) => _id === `service_session:${id}`);
  if (!view) return null;
  const told = orders.find((order) => order._id === view.order)?.ledger?.sessions.find((each) => each.record === view._id);
  return { view, told, station: stations.find(({ _id }) => _id === view.station)?.name ?? "", way: WAYS.find((way) => may(view, way)) };
}

async function say(c) {
  const { phone, t } = c.var;
  const about = await found(c);
  if (!about) return c.notFound();
  const form = await formOf(c);
  const asked = { id: String(form.get("id")), statement: String(form.get("statement") ?? "").trim() };
  if (!about.way) return c.redirect(c.req.path, 303);
  const again = (problems) => show(c, <SessionScreen c={c} {...about} asked={asked} problems={problems} />, 422);
  const problem = statementProblem(asked.statement, t);
  if (problem) return again({ statement: problem });
  try {
    await appendStep(phone, about.view, { id: asked.id, action: about.way, fields: { statement: asked.statement } });
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect(c.req.path, 303);
}

function SessionScreen({ c, view, told, station, way, asked, problems }) {
  const { t } = c.var;
  const submit = way ? <button class="main" form="statement-form">{t(`phone.service.session.${way}`)}</button> : null;
  return (
    <Screen c={c} title={t("phone.service.session.title", { day: sayDay(view.day ?? view.started_at.slice(0, 10), t) })} back="/app/ledger" action={submit}>
      <Standing t={t} view={view} station={station} />
      {told ? <><h2>{t("phone.service.session.how")}</h2><Lines t={t} lines={told.lines} /></> : null}
      <History t={t} history={view.history ?? []} />
      {way ? (
        <form id="statement-form" method="post" action={`/app/service/session/${view._id.split(":")[1]}`} novalidate>
          <input type="hidden" name="id" value={asked?.id ?? newId("step")} />
          <h2>{t(`phone.service.session.${way}`)}</h2>
          <p>{t(`phone.service.session.${way}_means`)}</p>
          {problems.form ? <p class="note error" role="alert">{problems.form}</p> : null}
          <TextField name="statement" label={t("phone.service.session.statement")} hint={t("phone.service.session.statement_hint")} value={asked?.statement}
            error={problems.statement} isFirstError={Boolean(problems.statement)} rows={5} />
        </form>
      ) : null}
    </Screen>
  );
}

function Standing({ t, view, station }) {
  const times = view.ended_at ? { from: sayClock(view.started_at), to: sayClock(view.ended_at), station } : null;
  return (
    <section class="standing">
      <strong>{sessionWord(view, t)}</strong>
      {times ? <p>{t("phone.service.session.from_to", times)}</p> : null}
      <p>{t("phone.service.session.minutes", { reported: view.reported_min ?? 0 })}</p>
      {view.credited_min === undefined ? null : <p>{t("phone.service.session.credited", { credited: view.credited_min })}</p>}
      {view.pending ? <p>{t("phone.service.order.pending", { when: sayShort(view.pending.at, t) })}</p> : null}
      {view.due_on ? <p>{t(`phone.service.session.due_${view.state === "disputed" ? "review" : "confirm"}`, { day: sayDay(view.due_on, t) })}</p> : null}
    </section>
  );
}

function History({ t, history }) {
  if (history.length === 0) return null;
  return (
    <ol class="history">
      {history.map(({ action, at, text }) => (
        <li>
          <strong>{t(isKnownText(`phone.service.did.${action}`) ? `phone.service.did.${action}` : "phone.action.other")}</strong>
          <small>{sayWhen(at, t)}</small>
          {text ? <p>{text}</p> : null}
        </li>
      ))}
    </ol>
  );
}
