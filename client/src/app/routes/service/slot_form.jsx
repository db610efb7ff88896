/** The form that asks for a time: station, day, from, to; within what the station keeps open. */
import { SelectField, TextField } from "../../parts/field.jsx";
import { Screen } from "../../parts/screen.jsx";
import { sayDay } from "./say.js";
import { daysToChoose, timesToChoose } from "./slots.js";

export function SlotForm({ c, asked, orders, stations, nowMs, problems }) {
  const { t } = c.var;
  const [order] = orders;
  if (!order) return <Screen c={c} title={t("phone.service.slots.ask")} back="/app/service/slots"><p class="empty">{t("phone.service.slots.not_now")}</p></Screen>;
  const station = stations.find((view) => view._id === asked.station) ?? stations[0];
  const times = timesToChoose(station).map((value) => ({ value, label: value }));
  const days = daysToChoose(order, nowMs).map((value) => ({ value, label: sayDay(value, t) }));
  return (
    <Screen c={c} title={t("phone.service.slots.ask")} back="/app/service/slots" action={<button class="main" form="slot">{t("phone.service.slots.submit")}</button>}>
      {problems.form ? <p class="note error" role="alert">{problems.form}</p> : null}
      <form id="slot" method="post" action="/app/service/slots/new" novalidate>
        <input type="hidden" name="id" value={asked.id} />
        <input type="hidden" name="order" value={order._id} />
        <SelectField name="station" label={t("phone.check.station")} value={station?._id} error={problems.station}
          options={stations.map((view) => ({ value: view._id, label: view.name }))} />
        {station ? <p class="hint">{t("phone.service.slots.station_is", { hours: station.open_hours, capacity: station.capacity })}</p> : null}
        <SelectField name="day" label={t("phone.service.slots.day")} value={asked.day} error={problems.day} options={days} empty={t("phone.form.choose")} />
        <div class="pair">
          <SelectField name="from" label={t("phone.service.slots.from")} value={asked.from} error={problems.from} options={times} empty={t("phone.form.choose")} />
          <SelectField name="to" label={t("phone.service.slots.to")} value={asked.to} error={problems.to} options={times} empty={t("phone.form.choose")} />
        </div>
        <TextField name="note" label={t("phone.service.slots.note")} value={asked.note} error={problems.note} maxlength="200" />
      </form>
      <p class="hint">{t("phone.service.slots.how")}</p>
    </Screen>
  );
}
