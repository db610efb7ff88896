/** The evaluation of one's service: read it back, sign that one has read it, or object within the time. Signing is no consent. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../../context.js";
import { TextField } from "../../parts/field.jsx";
import { Screen } from "../../parts/screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { isKnownText } from "../../text.js";
import { sayShort } from "../../when.js";
import { viewsOf } from "./known.js";
import { noticeOf } from "./notices.js";
import { Paper } from "./pledge.jsx";
import { sayDay } from "./say.js";
import { appendSignature, isSigned, SignatureBox, signatureFrom, today } from "./signing.jsx";
import { statementProblem } from "./statement.js";
import { appendStep, may, newId } from "../../steps.js";

const SCORES = ["attendance", "attitude", "work_quality", "rule_keeping", "total"];
const GRADES = ["excellent", "qualified", "unqualified"];
const COMMENTS = ["station_comment", "township_comment", "participant_statement"];

export const evaluation = new Hono()
  .get("/:evaluation", async (c) => {
    const about = await found(c);
    return about ? show(c, <EvaluationScreen c={c} {...about} signature={{ id: newId("signature") }} step={newId("step")} problems={{}} />) : c.notFound();
  })
  .post("/:evaluation/read_back", (c) => act(c, "read_back"))
  .post("/:evaluation/object", (c) => act(c, "object"));

async function found(c) {
  const [views, notices] = await Promise.all([viewsOf(c.var, "evaluation"), c.var.feeds.notices()]);
  const view = views.find(({ _id }) => _id === `evaluation:${c.req.param("evaluation")}`);
  return view ? { view, paper: noticeOf(notices, "read_back", { today: today() }) } : null;
}

async function act(c, action) {
  const { phone, t } = c.var;
  const about = await found(c);
  if (!about) return c.notFound();
  const path = `/app/service/evaluation/${c.req.param("evaluation")}`;
  if (!may(about.view, action)) return c.redirect(path, 303);
  const form = await formOf(c);
  const signature = await signatureFrom(phone, form);
  const step = String(form.get("step"));
  const again = (problems) => show(c, <EvaluationScreen c={c} {...about} signature={signature} step={step} problems={problems} />, 422);
  const problem = action === "object" ? statementProblem(signature.statement, t) : about.paper && !isSigned(signature) ? t("phone.service.sign.missing") : null;
  if (problem) return again({ [action === "object" ? "statement" : "signature"]: problem });
  try {
    if (action === "read_back" && isSigned(signature)) await appendSignature(phone, signature, { order: about.view.order, document: about.paper });
    await appendStep(phone, about.view, { id: step, action, fields: action === "object" ? { statement: signature.statement } : { read_back_on: today() } });
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect(path, 303);
}

function EvaluationScreen({ c, view, paper, signature, step, problems }) {
  const { t } = c.var;
  const path = `/app/service/evaluation/${view._id.split(":")[1]}`;
  const canRead = may(view, "read_back") && !view.history?.some(({ action }) => action === "read_back");
  const submit = canRead ? <button class="main" form="read-back">{t("phone.service.evaluation.read_back")}</button> : null;
  return (
    <Screen c={c} title={t("phone.service.evaluation.title")} back="/app/ledger" action={submit}>
      {problems.form ? <p class="note error" role="alert">{problems.form}</p> : null}
      <Result t={t} view={view} />
      <p>{t("phone.service.evaluation.one_factor")}</p>
      {canRead ? (
        <form id="read-back" method="post" action={`${path}/read_back`} enctype="multipart/form-data" novalidate>
          <input type="hidden" name="signature" value={signature.id} />
          <input type="hidden" name="step" value={step} />
          {paper ? <><Paper t={t} paper={paper} /><SignatureBox c={c} signature={signature} error={problems.signature} /></> : null}
          <p class="hint">{t("phone.service.evaluation.no_consent")}</p>
        </form>
      ) : null}
      {may(view, "object") ? <Objection t={t} path={path} view={view} step={step} value={signature.statement} error={problems.statement} /> : null}
    </Screen>
  );
}

function Result({ t, view }) {
  const texts = COMMENTS.filter((name) => view[name]);
  return (
    <section class="standing">
      <strong>{t(`phone.service.evaluation.${isKnownText(`phone.service.evaluation.state_${view.state}`) ? `state_${view.state}` : "state_other"}`)}</strong>
      {view.pending ? <p>{t("phone.service.order.pending", { when: sayShort(view.pending.at, t) })}</p> : null}
      {view.grade ? <p>{t("phone.service.evaluation.grade", { grade: GRADES.includes(view.grade) ? t(`phone.service.evaluation.grade_${view.grade}`) : view.grade })}</p> : null}
      <dl>
        {SCORES.filter((name) => view[name] !== undefined).map((name) => <><dt>{t(`phone.service.evaluation.${name}`)}</dt><dd>{view[name]}</dd></>)}
        {texts.map((name) => <><dt>{t(`phone.service.evaluation.${name}`)}</dt><dd class="text">{view[name]}</dd></>)}
      </dl>
    </section>
  );
}

function Objection({ t, path, view, step, value, error }) {
  return (
    <details open={error ? true : undefined}>
      <summary>{t("phone.service.evaluation.object")}</summary>
      <p>{t("phone.service.evaluation.object_means")}</p>
      {view.due_on ? <p>{t("phone.service.evaluation.until", { day: sayDay(view.due_on, t) })}</p> : null}
      <form method="post" action={`${path}/object`} novalidate>
        <input type="hidden" name="step" value={step} />
        <TextField name="statement" label={t("phone.service.session.statement")} value={value} error={error} rows={5} />
        <button>{t("phone.service.evaluation.object")}</button>
      </form>
    </details>
  );
}
