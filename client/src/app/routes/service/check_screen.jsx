/** The form of a check-in or check-out. */
import { SelectField, TextField } from "../../parts/field.jsx";
import { Icon } from "../../parts/icon.jsx";
import { Position } from "../../parts/position.jsx";
import { Screen } from "../../parts/screen.jsx";

export function CheckScreen({ c, check, orders, stations, problems }) {
  const { t } = c.var;
  const submit = (
    <button class="main" form="check"><Icon name={check.kind === "in" ? "check_in" : "check_out"} />{t(`phone.check.${check.kind}`)}</button>
  );
  return (
    <Screen c={c} title={t(`phone.check.title_${check.kind}`)} back="/app/" action={submit}>
      {problems.form ? <p class="note error" role="alert">{problems.form}</p> : null}
      <form id="check" method="post" action="/app/check" novalidate>
        <input type="hidden" name="id" value={check.id} />
        <input type="hidden" name="kind" value={check.kind} />
        <Chosen name="order" label={t("phone.check.order")} value={check.order} error={problems.order} t={t}
          options={orders.map((order) => ({ value: order._id, label: order.order_no ?? order.display_code }))} />
        <Chosen name="station" label={t("phone.check.station")} value={check.station} error={problems.station} t={t}
          options={stations.map((station) => ({ value: station._id, label: station.name }))} />
        <TextField name="code" label={t("phone.check.code")} hint={t("phone.check.code_hint")} value={check.code} error={problems.code}
          inputmode="numeric" maxlength="20" class="code" />
        <Position t={t} field="samples" value={check.samples} />
        <details open={problems.note ? true : undefined}>
          <summary>{t("phone.check.note_more")}</summary>
          <TextField name="note" label={t("phone.check.note")} value={check.note} error={problems.note} rows={2} />
        </details>
      </form>
      <p><a class="alone" href={`/app/check?kind=${check.kind === "in" ? "out" : "in"}`}>{t(`phone.check.other_${check.kind}`)}</a></p>
    </Screen>
  );
}

/** A single choice is said, not asked. */
function Chosen({ name, label, value, error, options, t }) {
  if (options.length === 1) {
    return (
      <p class="chosen">
        <span>{label}</span> <strong>{options[0].label}</strong>
        <input type="hidden" name={name} value={options[0].value} />
      </p>
    );
  }
  return <SelectField name={name} label={label} value={value} error={error} options={options} empty={t("phone.form.choose")} />;
}

/** Gives way to the form by itself as soon as the order has come. */
export function NoOrder({ c }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.check.title")} back="/app/">
      <p class="empty" hx-get="/app/check?waiting" hx-trigger="liandong:changed from:body" hx-target="body" hx-swap="innerHTML">{t("phone.check.no_order")}</p>
    </Screen>
  );
}
