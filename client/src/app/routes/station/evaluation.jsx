/** The station's evaluation of one order: points, grade and comment, written without a network and signed by whoever gives the PIN (DOMAIN 3.7). */
import { Hono } from "hono/tiny";
import { act, operators } from "../../../log/operators.js";
import { formOf, show } from "../../context.js";
import { ChoiceField, TextField } from "../../parts/field.jsx";
import { refusalBesideField } from "../../reasons.js";
import { newId, ownSteps, standing, stepOn } from "../../steps.js";
import { evaluationFields, evaluationFrom, evaluationProblems, GRADES, MOST_POINTS, SCORES } from "./evaluation_form.js";
import { StationScreen, Wrong } from "./frame.jsx";
import { behindPin } from "./guard.js";
import { Who, whoFrom } from "./who.jsx";

const SUBMIT = "submit";

export const evaluations = new Hono()
  .get("/evaluation/:ulid", behindPin(async (c, person) => {
    const [view, people] = await Promise.all([wanted(c), operators(c.var.phone)]);
    if (!view) return c.notFound();
    const typed = { ...(await typedBefore(c.var.phone, view)), id: newId("step") };
    return show(c, <EvaluationScreen c={c} person={person} view={view} typed={typed} people={people} chosen={person.member} />);
  }))
  .post("/evaluation/:ulid", behindPin(seal));

/** What the station has to write now: the centre asks for it, and nobody has written it on this tablet since. @returns {Promise<object[]>} views */
export async function toWrite({ var: { phone, feeds } }) {
  const [views, steps] = await Promise.all([feeds.stationViews("evaluation"), ownSteps(phone)]);
  const asked = views.map((view) => standing(view, steps)).filter((view) => !view.pending && (view.next ?? []).includes(SUBMIT));
  return asked.sort((a, b) => (a.display_code ?? "").localeCompare(b.display_code ?? "", "zh"));
}

async function wanted(c) {
  return (await toWrite(c)).find(({ _id }) => _id === `evaluation:${c.req.param("ulid")}`);
}

/** What was returned is written again, beginning with what stood there. */
async function typedBefore(phone, view) {
  const last = (await ownSteps(phone)).findLast((step) => step.body.record === view._id && step.body.action === SUBMIT);
  return last?.body.fields ?? {};
}

async function seal(c, person) {
  const { phone, t } = c.var;
  const [form, view, people] = await Promise.all([formOf(c), wanted(c), operators(phone)]);
  const [typed, who] = [evaluationFrom(form), whoFrom(form)];
  // Sent twice by two taps: it is written.
  if (!view) return (await phone.entry(typed.id)) ? c.redirect("/app/station/roster?saved=1", 303) : c.notFound();
  const again = (errors) => show(c, <EvaluationScreen c={c} person={person} view={view} typed={typed} people={people} chosen={who.member} errors={errors} />, 422);
  const problems = evaluationProblems(typed, t);
  if (Object.keys(problems).length > 0) return again(problems);
  try {
    await act(phone, who.member, who.pin, () => [stepOn(view, { id: typed.id, action: SUBMIT, fields: evaluationFields(typed) })]);
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect("/app/station/roster?saved=1", 303);
}

function EvaluationScreen({ c, person, view, typed, people, chosen, errors = {} }) {
  const { t } = c.var;
  const returned = view.state === "returned" ? view.history?.findLast(({ action }) => action === "send_back") : null;
  return (
    <StationScreen c={c} title={t("phone.station.evaluation.title", { code: view.display_code })} person={person} back="/app/station/roster">
      <p>{t("phone.station.evaluation.why")}</p>
      {returned ? <p class="said">{t("phone.station.evaluation.returned", { reason: returned.text ?? "" })}</p> : null}
      <Wrong text={errors.form} />
      <form id="act" method="post" action={`/app/station/evaluation/${c.req.param("ulid")}`} novalidate>
        <input type="hidden" name="id" value={typed.id} />
        <div class="pair">
          {SCORES.map((name) => (
            <TextField name={name} label={t(`phone.service.evaluation.${name}`)} hint={t("phone.station.evaluation.points", { most: MOST_POINTS })}
              value={typed[name]} error={errors[name]} inputmode="numeric" maxlength="3" />
          ))}
        </div>
        <ChoiceField name="grade" legend={t("phone.station.evaluation.grade")} value={typed.grade} error={errors.grade}
          options={GRADES.map((value) => ({ value, label: t(`phone.service.evaluation.grade_${value}`) }))} />
        <TextField name="station_comment" label={t("phone.service.evaluation.station_comment")} hint={t("phone.station.evaluation.comment_hint")}
          value={typed.station_comment} error={errors.station_comment} rows={5} />
        <Who t={t} people={people} chosen={chosen} errors={errors} />
        <button class="main">{t("phone.station.evaluation.submit")}</button>
      </form>
    </StationScreen>
  );
}
