/** The notice to read, and the pledge to sign on this phone: voluntary, with the right to stop named beside the button. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../../context.js";
import { hasProblem } from "../../limits.js";
import { ChoiceField } from "../../parts/field.jsx";
import { Screen } from "../../parts/screen.jsx";
import { refusalBesideField } from "../../reasons.js";
import { noticeOf } from "./notices.js";
import { orderOf, pathOf } from "./order.jsx";
import { appendSignature, isSigned, SignatureBox, signatureFrom, today } from "./signing.jsx";
import { appendStep, may, newId } from "../../steps.js";

export const pledge = new Hono()
  .get("/:order/notice", async (c) => {
    const about = await papers(c);
    return about ? show(c, <NoticeScreen c={c} {...about} />) : c.notFound();
  })
  .get("/:order/pledge", async (c) => {
    const about = await papers(c);
    return about ? show(c, <PledgeScreen c={c} {...about} signature={{ id: newId("signature") }} step={newId("step")} problems={{}} />) : c.notFound();
  })
  .post("/:order/pledge", sign);

/** The order as it stands, its notice, and the pledge in force. */
async function papers(c) {
  const [view, notices] = await Promise.all([orderOf(c), c.var.feeds.notices()]);
  if (!view) return null;
  const find = (kind, named) => noticeOf(notices, kind, { named, today: today() });
  return { view, notice: find("notice", view.notice), pledge: find("pledge") };
}

async function sign(c) {
  const { phone, t } = c.var;
  const about = await papers(c);
  if (!about) return c.notFound();
  if (!may(about.view, "pledge")) return c.redirect(pathOf(about.view), 303);
  const form = await formOf(c);
  const signature = await signatureFrom(phone, form);
  const step = String(form.get("step"));
  const again = (problems) => show(c, <PledgeScreen c={c} {...about} signature={signature} step={step} problems={problems} />, 422);
  const problems = { lawyer: signature.lawyer ? null : t("phone.form.choose"), signature: isSigned(signature) ? null : t("phone.service.sign.missing") };
  if (hasProblem(problems)) return again(problems);
  try {
    await appendSignature(phone, signature, { order: about.view._id, document: about.pledge });
    const fields = { pledge_ref: signature.id, pledged_on: today(), lawyer_present: signature.lawyer === "yes" };
    await appendStep(phone, about.view, { id: step, action: "pledge", fields });
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect(pathOf(about.view), 303);
}

function NoticeScreen({ c, view, notice, pledge: words }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.service.notice.title")} back={pathOf(view)}>
      {notice ? <Paper t={t} paper={notice} /> : <p class="empty">{t("phone.service.notice.not_here")}</p>}
      {words ? <Paper t={t} paper={words} /> : null}
    </Screen>
  );
}

function PledgeScreen({ c, view, notice, pledge: words, signature, step, problems }) {
  const { t } = c.var;
  // Nobody signs what is not on the screen.
  const canSign = Boolean(notice && words);
  const submit = canSign ? <button class="main" form="pledge">{t("phone.service.pledge.submit")}</button> : null;
  return (
    <Screen c={c} title={t("phone.service.pledge.title")} back={pathOf(view)} action={submit}>
      {problems.form ? <p class="note error" role="alert">{problems.form}</p> : null}
      {canSign ? null : <p class="empty">{t("phone.service.notice.not_here")}</p>}
      {notice ? <Paper t={t} paper={notice} /> : null}
      {words ? <Paper t={t} paper={words} /> : null}
      {canSign ? (
        <form id="pledge" method="post" action={`${pathOf(view)}/pledge`} enctype="multipart/form-data" novalidate>
          <input type="hidden" name="signature" value={signature.id} />
          <input type="hidden" name="step" value={step} />
          <p class="said">{t("phone.service.pledge.voluntary")}</p>
          <ChoiceField name="lawyer" legend={t("phone.service.pledge.lawyer")} value={signature.lawyer} error={problems.lawyer}
            options={["yes", "no"].map((value) => ({ value, label: t(`phone.service.pledge.lawyer_${value}`) }))} />
          <SignatureBox c={c} signature={signature} error={problems.signature ?? problems.media} />
        </form>
      ) : null}
      <p><a class="alone" href={`${pathOf(view)}/decline`}>{t("phone.service.order.to_decline")}</a></p>
    </Screen>
  );
}

export function Paper({ t, paper }) {
  return (
    <section class="paper">
      <h2>{paper.title}</h2>
      <p class="text">{paper.text}</p>
      <p class="hint">{t("phone.service.notice.version", { version: paper.version, from: paper.valid_from })}</p>
    </section>
  );
}
