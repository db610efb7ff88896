/** Bad weather: the station ends today's service, with a reason; what it credits is the county's rule (DOMAIN 3.0). */
import { ulid } from "ulid";
import { Hono } from "hono/tiny";
import { PhoneError } from "../../../log/errors.js";
import { act, operators } from "../../../log/operators.js";
import { formOf, show } from "../../context.js";
import { TextField } from "../../parts/field.jsx";
import { refusalBesideField } from "../../reasons.js";
import { localTime } from "../../when.js";
import { ownStation } from "./display.jsx";
import { StationScreen, Wrong } from "./frame.jsx";
import { behindPin } from "./guard.js";
import { Who, whoFrom } from "./who.jsx";

const DAY = 10;
const MOST_REASON = 500;

export const standDown = new Hono()
  .get("/stand-down", behindPin(async (c, person) => (
    show(c, <StandDownScreen c={c} person={person} id={`stand_down:${ulid().toLowerCase()}`} people={await operators(c.var.phone)} chosen={person.member} />))))
  .post("/stand-down", behindPin(seal));

async function seal(c, person) {
  const { phone, t } = c.var;
  const form = await formOf(c);
  const [id, reason] = ["id", "reason"].map((name) => String(form.get(name) ?? "").trim());
  const who = whoFrom(form);
  const again = async (errors) => show(c, <StandDownScreen c={c} person={person} id={id} reason={reason} people={await operators(phone)} chosen={who.member} errors={errors} />, 422);
  if (!reason) return again({ reason: t("phone.form.missing") });
  try {
    const station = await ownStation(c);
    if (!station) throw new PhoneError("station_unknown");
    const body = { station: station._id, day: localTime().slice(0, DAY), reason: reason.slice(0, MOST_REASON) };
    await act(phone, who.member, who.pin, () => [{ id, type: "stand_down", body }]);
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect("/app/station/records", 303);
}

function StandDownScreen({ c, person, id, reason, people, chosen, errors = {} }) {
  const { t } = c.var;
  return (
    <StationScreen c={c} title={t("phone.station.place.stand_down")} person={person} place="stand_down">
      <p>{t("phone.station.stand_down_why")}</p>
      <Wrong text={errors.form} />
      <form id="act" method="post" action="/app/station/stand-down" novalidate>
        <input type="hidden" name="id" value={id} />
        <TextField name="reason" label={t("phone.station.stand_down_reason")} value={reason} error={errors.reason} rows={2} />
        <Who t={t} people={people} chosen={chosen} errors={errors} />
        <button class="main">{t("phone.station.stand_down_submit")}</button>
      </form>
    </StationScreen>
  );
}
