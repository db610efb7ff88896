/** The form of a check event: coming, leaving, a break, a word in between. */
import { SelectField, TextField } from "../../parts/field.jsx";
import { Icon } from "../../parts/icon.jsx";
import { Position } from "../../parts/position.jsx";
import { ScanBox } from "../../parts/scan_box.jsx";
import { Screen } from "../../parts/screen.jsx";
import { sayShort } from "../../when.js";
import { PhotoBox } from "./photo_box.jsx";

const WITH_CODE = ["in", "out", "mid_check"];
const ICONS = { in: "check_in", out: "check_out", mid_check: "received", break_start: "on_break", break_end: "check_in" };

/** `stay`: the newest without an end, or null; `mustKnow`: the person is about to begin a second one. */
export function CheckScreen({ c, check, orders, stations, stay, mustKnow, problems }) {
  const { t } = c.var;
  const level = orders.find((order) => order._id === check.order)?.verify_level;
  const hasPhoto = level === "L3" && WITH_CODE.includes(check.kind);
  return (
    <Screen c={c} title={t(`phone.service.check.title_${check.kind}`)} back="/app/" action={<Submit t={t} check={check} stay={stay} />}>
      {problems.form ? <p class="note error" role="alert">{problems.form}</p> : null}
      {stay ? <OpenStay t={t} stay={stay} stations={stations} kind={check.kind} mustKnow={mustKnow} /> : null}
      {check.kind === "mid_check" ? <p>{t("phone.service.prompt.why")}</p> : null}
      <form id="check" method="post" action="/app/check" enctype={hasPhoto ? "multipart/form-data" : undefined} data-enhance="keep_scanner station_code" novalidate>
        {["id", "kind", "slot"].map((name) => <input type="hidden" name={name} value={check[name] ?? ""} />)}
        <input type="hidden" name="knows" value={mustKnow ? stay.in.id : check.knows ?? ""} />
        <Chosen name="order" label={t("phone.service.check.order")} value={check.order} error={problems.order} t={t}
          options={orders.map((order) => ({ value: order._id, label: order.order_no ?? order.display_code }))} />
        <Chosen name="station" label={t("phone.check.station")} value={check.station} error={problems.station} t={t}
          options={stations.map((station) => ({ value: station._id, label: station.name }))} />
        {WITH_CODE.includes(check.kind) ? <Code t={t} check={check} error={problems.code} /> : null}
        {hasPhoto ? <PhotoBox c={c} photo={check.photo} error={problems.photo} /> : null}
        <Position t={t} field="samples" value={check.samples} />
        <details open={problems.note ? true : undefined}>
          <summary>{t("phone.service.check.note_more")}</summary>
          <TextField name="note" label={t("phone.check.note")} value={check.note} error={problems.note} rows={2} />
        </details>
      </form>
      <Others t={t} kind={check.kind} stay={stay} />
    </Screen>
  );
}

function Submit({ t, check, stay }) {
  const canRest = check.kind === "out" && stay && !stay.isOver && !stay.break;
  return (
    <>
      <button class="main" form="check"><Icon name={ICONS[check.kind]} />{t(`phone.check.${check.kind}`)}</button>
      {canRest ? <button form="check" name="instead" value="break_start"><Icon name="on_break" />{t("phone.check.break_start")}</button> : null}
    </>
  );
}

/** What is open is said before anything is added to it. */
function OpenStay({ t, stay, stations, kind, mustKnow }) {
  const where = stations.find((station) => station._id === stay.in.station)?.name ?? t("phone.check.station_unknown");
  const said = { station: where, when: sayShort(stay.in.at, t), end: sayShort(stay.endsMs, t) };
  if (kind === "in") {
    return (
      <div class="warning" role={mustKnow ? "alert" : undefined}>
        <Icon name="warning" />
        <div>
          <p>{t("phone.service.check.second", said)}</p>
          <p><a class="alone" href="/app/check?kind=out">{t("phone.service.check.out_first")}</a></p>
        </div>
      </div>
    );
  }
  return <p class="said">{t(stay.isOver ? "phone.service.check.forgotten" : stay.break ? "phone.service.check.resting" : "phone.service.check.since", said)}</p>;
}

function Code({ t, check, error }) {
  return (
    <>
      <ScanBox t={t} name="scan" prefix="LD1:" value={check.scan} />
      <TextField name="code" label={t("phone.check.code")} hint={t("phone.service.check.code_hint")} value={check.code} error={error}
        inputmode="numeric" maxlength="20" class="code" />
      <p id="other-station" class="note" role="status" data-words={t("phone.service.check.other_station")}></p>
    </>
  );
}

function Others({ t, kind, stay }) {
  const others = stay ? ["out", "mid_check", "in"] : ["in", "out"];
  return (
    <p class="links">
      {others.filter((other) => other !== kind).map((other) => <a class="alone" href={`/app/check?kind=${other}`}>{t(`phone.service.check.instead_${other}`)}</a>)}
    </p>
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

/** Gives way to the form by itself as soon as the order has come. `waiting`: an order that is known, but not served now. */
export function NoOrder({ c, order }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.check.title")} back="/app/" action={order ? <a class="button main" href="/app/service/order">{t("phone.service.order.see")}</a> : null}>
      <p class="empty" hx-get="/app/check?waiting" hx-trigger="liandong:changed from:body" hx-target="body" hx-swap="innerHTML">
        {t(order ? "phone.service.check.not_now" : "phone.service.check.no_order")}
      </p>
    </Screen>
  );
}
