/** What few leads need, folded away: more places, harm, who, the reporter's wishes, own earlier leads, township and time. */
import { nameOfCode } from "../../codes.js";
import { sayWhen } from "../../when.js";
import { ChoiceField, Field, SelectField, TextField } from "../../parts/field.jsx";
import { HARMS } from "./lead_draft.js";
import { Places } from "./place_part.jsx";

export function More({ c, base, draft, problems, townships, related }) {
  const { t, preferences } = c.var;
  const { fields } = draft;
  const options = townships.map((row) => ({ value: row.code, label: nameOfCode(townships, row.code, preferences.language) }));
  const has = (...names) => names.some((name) => problems[name]);
  return (
    <>
      <Fold summary={t("phone.lead_form.places")} isOpen={has("stake_no") || fields.places?.length > 0}>
        <Places t={t} base={base} fields={fields} error={problems.stake_no} />
      </Fold>
      <Fold summary={t("phone.lead_form.harm")} isOpen={has(...HARMS)}>
        <p class="hint">{t("phone.lead_form.harm_hint")}</p>
        {HARMS.map((name) => <TextField name={name} label={t(`phone.lead_form.${name}`)} value={fields[name]} error={problems[name]} inputmode="decimal" />)}
      </Fold>
      <Fold summary={t("phone.lead_form.who")} isOpen={has("suspected_actor", "agency")}>
        <p class="hint">{t("phone.lead_form.who_hint")}</p>
        <TextField name="suspected_actor" label={t("phone.lead_form.suspected_actor")} value={fields.suspected_actor} error={problems.suspected_actor} />
        <TextField name="agency" label={t("phone.lead_form.agency")} value={fields.agency} error={problems.agency} />
      </Fold>
      <Fold summary={t("phone.lead_form.reporter")}>
        <Wishes t={t} fields={fields} />
      </Fold>
      {related.length > 0 ? <Fold summary={t("phone.lead_form.related")} isOpen={fields.related?.length > 0}><Related t={t} related={related} chosen={fields.related ?? []} /></Fold> : null}
      <Fold summary={t("phone.lead.more")} isOpen={has("observed_at")}>
        {options.length > 0 ? (
          <SelectField name="township" label={t("phone.lead.township")} value={fields.township} options={options} empty={t("phone.lead.township_unknown")} />
        ) : null}
        <Field name="observed_at" label={t("phone.lead.observed_at")} hint={t("phone.lead.observed_hint")} error={problems.observed_at}>
          <input type="datetime-local" id="observed_at" name="observed_at" value={fields.observed_at ?? ""} />
        </Field>
      </Fold>
    </>
  );
}

function Fold({ summary, isOpen, children }) {
  return (
    <details open={isOpen ? true : undefined}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}

function Wishes({ t, fields }) {
  const choices = (name, codes) => codes.map((code) => ({ value: code, label: t(`phone.lead_form.${name}_${code}`) }));
  return (
    <>
      <p class="hint">{t("phone.lead_form.reporter_hint")}</p>
      <ChoiceField name="anonymity" legend={t("phone.lead_form.anonymity")} value={fields.anonymity ?? "named"} options={choices("anonymity", ["named", "hidden"])} />
      <ChoiceField name="contact_ok" legend={t("phone.lead_form.contact_ok")} value={fields.contact_ok ?? "yes"} options={choices("contact_ok", ["yes", "no"])} />
    </>
  );
}

/** Own leads that may tell of the same: nearest first where both places are known. */
function Related({ t, related, chosen }) {
  return (
    <fieldset class="choices">
      <legend>{t("phone.lead_form.related_which")}</legend>
      <input type="hidden" name="related" value="" />
      <div>
        {related.map(({ id, title, at }) => (
          <label><input type="checkbox" name="related" value={id} checked={chosen.includes(id)} /><span>{title} · {sayWhen(at, t)}</span></label>
        ))}
      </div>
    </fieldset>
  );
}
