/** The form of a lead: photo and place first, for they are taken where one stands; words follow, and what few need is folded away. */
import { nameOfCode } from "../../codes.js";
import { limitOf } from "../../limits.js";
import { sayShort } from "../../when.js";
import { ChoiceField, TextField } from "../../parts/field.jsx";
import { Icon } from "../../parts/icon.jsx";
import { Position } from "../../parts/position.jsx";
import { Screen } from "../../parts/screen.jsx";
import { Camera } from "./camera_part.jsx";
import { CRITERIA } from "./lead_draft.js";
import { More } from "./more.jsx";
import { PlaceWords } from "./place_part.jsx";

/** `isRefused`: a submit found the problems; otherwise they are only notes on what is being written. */
export function LeadScreen({ c, draft, problems, isRefused, domains, domainVersion, townships, related }) {
  const { t } = c.var;
  const base = `/app/lead/${draft.id.split(":")[1]}`;
  const wrong = Object.keys(problems).filter((name) => problems[name]);
  const first = isRefused ? wrong[0] : undefined;
  const submit = (
    <button class="main" form="lead" hx-post={`${base}/submit`} hx-target="body" hx-swap="innerHTML show:top" hx-push-url="true" hx-include="#lead">
      {t("phone.lead.submit")}
    </button>
  );
  return (
    <Screen c={c} title={t("phone.lead.title")} back="/app/" action={submit}>
      {isRefused ? <p class="warning" role="alert"><Icon name="warning" />{problems.form ?? t("phone.form.problems", { n: wrong.length })}</p> : null}
      <form id="lead" method="post" action={base} hx-post={base} hx-trigger="input delay:300ms, change" hx-target="#saved" hx-swap="innerHTML" novalidate>
        <Camera c={c} base={base} draft={draft} error={problems.no_photo_reason} />
        <Position t={t} field="point" value={draft.fields.point} />
        <Words c={c} base={base} fields={draft.fields} problems={problems} domains={domains} domainVersion={domainVersion} first={first} />
        <PlaceWords t={t} fields={draft.fields} error={problems.place_text} isFirstError={first === "place_text"} />
        <More c={c} base={base} draft={draft} problems={problems} townships={townships} related={related} />
      </form>
      <p id="saved" class="note" role="status">{t("phone.lead.saved_at", { when: sayShort(draft.saved_at, t) })}</p>
      {draft.fields.local_ref ? (
        <div class="ways"><a href={`${base}/slip`}>{t("phone.lead_form.slip_link", { ref: draft.fields.local_ref })}</a></div>
      ) : null}
      <form method="post" action={`${base}/discard`}><button class="quiet"><Icon name="remove" />{t("phone.lead.discard")}</button></form>
    </Screen>
  );
}

function Words({ c, base, fields, problems, domains, domainVersion, first }) {
  const { t } = c.var;
  return (
    <>
      <Domains c={c} base={base} chosen={fields.domain} error={problems.domain} domains={domains} version={domainVersion} />
      <TextField name="title" label={t("phone.lead.title_field")} hint={t("phone.lead.title_hint", { max: limitOf("lead", "title").max_length })}
        value={fields.title} error={problems.title} isFirstError={first === "title"} />
      <TextField name="description" label={t("phone.lead.description")} hint={t("phone.lead.description_hint", { min: limitOf("lead", "description").min_length })}
        value={fields.description} error={problems.description} isFirstError={first === "description"} rows={5} />
      <ChoiceField name="urgency" legend={t("phone.lead.urgency")} value={fields.urgency ?? "normal"}
        options={["normal", "urgent"].map((code) => ({ value: code, label: t(`phone.lead.urgency_${code}`) }))} />
      <div class="if-urgent">
        <ChoiceField name="urgency_criterion" legend={t("phone.lead_form.criterion")} value={fields.urgency_criterion} error={problems.urgency_criterion}
          options={CRITERIA.map((code) => ({ value: code, label: t(`phone.lead_form.criterion_${code}`) }))} />
      </div>
    </>
  );
}

/** Common ones first, the rest a tap away. Until the table has come the part asks for itself again whenever something came. */
function Domains({ c, base, chosen, error, domains, version }) {
  const { t, preferences } = c.var;
  const option = (row) => ({ value: row.code, label: nameOfCode(domains, row.code, preferences.language) });
  const common = domains.filter((row) => row.common);
  const shown = domains.filter((row) => common.length === 0 || row.common || row.code === chosen);
  const others = domains.filter((row) => !shown.includes(row));
  const waiting = { "hx-get": base, "hx-select": "#domains", "hx-swap": "outerHTML", "hx-trigger": "liandong:changed from:body" };
  return (
    <div id="domains" {...(domains.length === 0 ? waiting : {})}>
      {version ? <input type="hidden" name="domain_version" value={String(version)} /> : null}
      <ChoiceField name="domain" legend={t("phone.lead.domain")} value={chosen} error={error} options={shown.map(option)} />
      {domains.length === 0 ? <p class="hint">{t("phone.lead.no_domains")}</p> : null}
      {others.length > 0 ? (
        <details>
          <summary>{t("phone.lead.more_domains")}</summary>
          <div class="choices">
            <div>{others.map((row) => <label><input type="radio" name="domain" value={row.code} /><span>{option(row).label}</span></label>)}</div>
          </div>
        </details>
      ) : null}
    </div>
  );
}
