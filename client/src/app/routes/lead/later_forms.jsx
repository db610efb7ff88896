/** After a lead was sent: what was seen since, and the request to take it back. Each is a step, written offline like everything. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../../context.js";
import { lengthOf } from "../../limits.js";
import { TextField } from "../../parts/field.jsx";
import { Screen } from "../../parts/screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { myRecord, titleOf } from "../../records.js";
import { appendStep, newId } from "../../steps.js";
import { mayStill, standingLead } from "./later_words.js";

/** Limits as the workflow has them (server/workflows/lead.toml). */
const WAYS = {
  supplement: { action: "supplement", max: 2000, isRequired: true, fields: {} },
  withdraw: { action: "request_withdrawal", max: 500, isRequired: false, fields: { withdraw_requested: true } },
};

export const laterForms = new Hono().get("/:lead/:way{supplement|withdraw}", async (c) => (await ask(c, {})) ?? c.notFound()).post("/:lead/:way{supplement|withdraw}", say);

async function ask(c, { note, id, problem }, status = 200) {
  const record = await myRecord(c.var, `lead:${c.req.param("lead")}`);
  const { action } = WAYS[c.req.param("way")];
  if (!record) return null;
  if (!mayStill(await standingLead(c.var, record), action)) return c.redirect(`/app/mine/${record.id}`, 303);
  return show(c, <Words c={c} record={record} way={c.req.param("way")} note={note} id={id ?? newId("step")} problem={problem} />, status);
}

async function say(c) {
  const { phone, t } = c.var;
  const way = WAYS[c.req.param("way")];
  const form = await formOf(c);
  const given = { id: String(form.get("id")), note: String(form.get("note") ?? "").trim() };
  const record = await myRecord(c.var, `lead:${c.req.param("lead")}`);
  if (!record) return c.notFound();
  const problem = problemOf(given.note, way, t);
  if (problem) return ask(c, { ...given, problem }, 422);
  const lead = await standingLead(c.var, record);
  if (!mayStill(lead, way.action)) return c.redirect(`/app/mine/${record.id}`, 303);
  try {
    await appendStep(phone, lead, { id: given.id, role: "volunteer", action: way.action, fields: { ...way.fields, ...(given.note ? { note: given.note } : {}) } });
  } catch (error) {
    if (!error.code) throw error;
    return ask(c, { ...given, problem: Object.values(await refusalBesideField(c, error))[0] }, 422);
  }
  phone.syncNow();
  return c.redirect(`/app/mine/${record.id}?said`, 303);
}

function problemOf(note, { max, isRequired }, t) {
  const length = lengthOf(note);
  if (isRequired && length === 0) return t("phone.form.missing");
  return length > max ? t("phone.form.too_long", { n: length - max, max }) : null;
}

function Words({ c, record, way, note, id, problem }) {
  const { t } = c.var;
  const submit = <button class="main" form="later-words">{t(`phone.lead_told.${way}_send`)}</button>;
  return (
    <Screen c={c} title={t(`phone.lead_told.${way}`)} back={`/app/mine/${record.id}`} action={submit}>
      <p><strong>{titleOf(record, t)}</strong></p>
      <p>{t(`phone.lead_told.${way}_means`)}</p>
      <form id="later-words" method="post" action={`/app/lead/${c.req.param("lead")}/${way}`} novalidate>
        <input type="hidden" name="id" value={id} />
        <TextField name="note" label={t(`phone.lead_told.${way}_note`)} value={note} error={problem} isFirstError={Boolean(problem)} rows={6} />
      </form>
    </Screen>
  );
}
