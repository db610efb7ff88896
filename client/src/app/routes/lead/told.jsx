/** One lead of one's own: where it is, what became of it and when, and what can still be said about it. */
import { Hono } from "hono/tiny";
import { codeTable, nameOfCode } from "../../codes.js";
import { readReasons, show } from "../../context.js";
import { Live } from "../../parts/live.jsx";
import { RecordDetail } from "../../parts/record_detail.jsx";
import { Screen } from "../../parts/screen.jsx";
import { Missing } from "../../parts/missing.jsx";
import { Where } from "../../parts/where.jsx";
import { hasReasons, myRecord, titleOf } from "../../records.js";
import { isKnownText } from "../../text.js";
import { sayWhen } from "../../when.js";
import { LeadFacts } from "./lead_facts.jsx";
import { pendingSteps, standingLead, mayStill } from "./later_words.js";

export const told = new Hono().get("/:record", async (c) => {
  const { t, feeds } = c.var;
  const record = await myRecord(c.var, c.req.param("record"));
  if (!record) return show(c, <Missing c={c} />, 404);
  if (hasReasons(record)) await readReasons(c);
  const [{ codes: domains }, lead, pending] = await Promise.all([codeTable(feeds, "domain"), standingLead(c.var, record), pendingSteps(c.var, record)]);
  const saved = ["saved", "said"].find((name) => c.req.query(name) !== undefined);
  return show(c, (
    <Screen c={c} title={titleOf(record, t)} back="/app/mine">
      {saved ? <p class="said" role="status">{t("phone.mine.saved")}</p> : null}
      <Live c={c}>
        <RecordDetail c={c} record={record} isJustSaved={saved === "saved"} history={<Became t={t} record={record} pending={pending} />}>
          <Ways t={t} record={record} lead={lead} />
          <LeadFacts t={t} body={record.body} domain={nameOfCode(domains, record.body.domain, c.var.preferences.language)} />
        </RecordDetail>
      </Live>
    </Screen>
  ));
});

function Ways({ t, record, lead }) {
  const base = `/app/lead/${record.id.split(":")[1]}`;
  return (
    <div class="ways">
      {mayStill(lead, "supplement") ? <a class="button" href={`${base}/supplement`}>{t("phone.lead_told.supplement")}</a> : null}
      <form method="post" action="/app/lead/new">
        <input type="hidden" name="related" value={record.id} />
        <button>{t("phone.lead_told.more_photos")}</button>
      </form>
      {mayStill(lead, "request_withdrawal") ? <a href={`${base}/withdraw`}>{t("phone.lead_told.withdraw")}</a> : null}
      {record.body.local_ref ? <a href={`${base}/slip`}>{t("phone.lead_form.slip_link", { ref: record.body.local_ref })}</a> : null}
    </div>
  );
}

/** Every step with its date, in words for whoever reported; last what the centre has not seen yet. */
function Became({ t, record, pending }) {
  const { view, entry } = record;
  return (
    <section>
      <h2>{t("phone.lead_told.became")}</h2>
      <ol class="history">
        {entry ? <Step t={t} word={t("phone.lead_told.recorded")} at={entry.at} /> : null}
        {view ? <Step t={t} word={t("phone.where.received")} at={view.received_at} why={t("phone.lead_told.received")} /> : null}
        {(view?.history ?? []).map(({ action, at, text }) => <Step t={t} word={wordOf(action, t)} at={at} why={whyOf(action, t)} text={text} />)}
        {pending.map((step) => (
          <li>
            <strong>{wordOf(step.body.action, t)}</strong> <Where t={t} where={step.place.where} />
            <small>{sayWhen(step.at, t)}</small>
            {step.body.fields.note ? <p>{step.body.fields.note}</p> : null}
          </li>
        ))}
      </ol>
      {view && !view.answer ? <p class="hint">{t("phone.lead_told.next")}</p> : null}
    </section>
  );
}

function Step({ t, word, at, why, text }) {
  return (
    <li>
      <strong>{word}</strong>
      <small>{sayWhen(at, t)}</small>
      {why ? <p class="hint">{why}</p> : null}
      {text ? <p class="text">{text}</p> : null}
    </li>
  );
}

const wordOf = (action, t) => t(isKnownText(`phone.action.${action}`) ? `phone.action.${action}` : "phone.action.other");
const whyOf = (action, t) => (isKnownText(`phone.lead_told.why_${action}`) ? t(`phone.lead_told.why_${action}`) : null);
