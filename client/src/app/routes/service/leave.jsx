/** Declining an offer and withdrawing from an order: one clear sentence, one button, no reason asked. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../../context.js";
import { Screen } from "../../parts/screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { orderOf, pathOf } from "./order.jsx";
import { appendStep, may, newId } from "../../steps.js";

const WAYS = ["decline", "withdraw"];

export const leave = new Hono()
  .get("/:order/:way", async (c, next) => {
    const view = await asked(c);
    if (!WAYS.includes(c.req.param("way"))) return next();
    return view ? show(c, <LeaveScreen c={c} view={view} way={c.req.param("way")} />) : c.notFound();
  })
  .post("/:order/:way", async (c, next) => {
    const [view, way] = [await asked(c), c.req.param("way")];
    if (!WAYS.includes(way)) return next();
    if (!view) return c.notFound();
    if (!may(view, way)) return c.redirect(pathOf(view), 303);
    try {
      await appendStep(c.var.phone, view, { id: String((await formOf(c)).get("id")), action: way });
    } catch (error) {
      if (!error.code) throw error;
      return show(c, <LeaveScreen c={c} view={view} way={way} problem={(await refusalBesideField(c, error)).form} />, 422);
    }
    c.var.phone.syncNow();
    return c.redirect(pathOf(view), 303);
  });

const asked = (c) => (WAYS.includes(c.req.param("way")) ? orderOf(c) : null);

function LeaveScreen({ c, view, way, problem }) {
  const { t } = c.var;
  const submit = <button class="main" form="leave">{t(`phone.service.${way}.submit`)}</button>;
  return (
    <Screen c={c} title={t(`phone.service.${way}.title`)} back={pathOf(view)} action={submit}>
      {problem ? <p class="note error" role="alert">{problem}</p> : null}
      <p>{t(`phone.service.${way}.means`)}</p>
      <p><strong>{t("phone.service.leave.no_penalty")}</strong></p>
      <p>{t("phone.service.leave.no_reason")}</p>
      <form id="leave" method="post" action={`${pathOf(view)}/${way}`}><input type="hidden" name="id" value={newId("step")} /></form>
    </Screen>
  );
}
