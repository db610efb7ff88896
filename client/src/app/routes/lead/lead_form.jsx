/** The form of a lead: photo and place first, for they are taken where one stands; words can follow later. */
import { nameOfCode } from "../../codes.js";
import { limitOf } from "../../limits.js";
import { sayShort } from "../../when.js";
import { ChoiceField, Field, SelectField, TextField } from "../../parts/field.jsx";
import { Icon } from "../../parts/icon.jsx";
import { Photos } from "./photos.jsx";
import { Position } from "../../parts/position.jsx";
import { Screen } from "../../parts/screen.jsx";

/** `isRefused`: a submit found the problems; otherwise they are only notes on what is being written. */
export function LeadScreen({ c, draft, problems, isRefused, domains, domainVersion, townships }) {
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
        <Place c={c} fields={draft.fields} problems={problems} townships={townships} first={first} />
      </form>
      <p id="saved" class="note" role="status">{t("phone.lead.saved_at", { when: sayShort(draft.saved_at, t) })}</p>
      <form method="post" action={`${base}/discard`}><button class="quiet"><Icon name="remove" />{t("phone.lead.discard")}</button></form>
    </Screen>
  );
}

function Camera({ c, base, draft, error }) {
  const { t } = c.var;
  return (
    <>
      <label class="button camera">
        <Icon name="camera" />
        <span>{t(draft.photos.length > 0 ? "phone.photo.another" : "phone.photo.take")}</span>
        <input type="file" accept="image/*" capture="environment" class="visually-hidden" data-enhance="photos" data-photos={`${base}/photo`}
          data-failed={t("phone.photo.failed")} />
      </label>
      <Photos c={c} draft={draft} />
      <details open={Boolean(error || draft.fields.no_photo_reason)}>
        <summary>{t("phone.lead.no_photo")}</summary>
        <TextField name="no_photo_reason" label={t("phone.lead.no_photo_reason")} value={draft.fields.no_photo_reason} error={error} />
      </details>
    </>
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

function Place({ c, fields, problems, townships, first }) {
  const { t, preferences } = c.var;
  const options = townships.map((row) => ({ value: row.code, label: nameOfCode(townships, row.code, preferences.language) }));
  return (
    <>
      <TextField name="place_text" label={t("phone.lead.place_text")} hint={t("phone.lead.place_hint")} value={fields.place_text}
        error={problems.place_text} isFirstError={first === "place_text"} />
      <details open={problems.observed_at ? true : undefined}>
        <summary>{t("phone.lead.more")}</summary>
        {options.length > 0 ? (
          <SelectField name="township" label={t("phone.lead.township")} value={fields.township} options={options} empty={t("phone.lead.township_unknown")} />
        ) : null}
        <Field name="observed_at" label={t("phone.lead.observed_at")} hint={t("phone.lead.observed_hint")} error={problems.observed_at}>
          <input type="datetime-local" id="observed_at" name="observed_at" value={fields.observed_at ?? ""} />
        </Field>
      </details>
    </>
  );
}
