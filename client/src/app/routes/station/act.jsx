/** One thing done for one participant: confirm, deny, come, go, a check in between, a note. Each is one entry, by whoever gives the PIN. */
import { ulid } from "ulid";
import { Hono } from "hono/tiny";
import { act, operators } from "../../../log/operators.js";
import { PhoneError } from "../../../log/errors.js";
import { formOf, show } from "../../context.js";
import { textProblem } from "../../limits.js";
import { ChoiceField, TextField } from "../../parts/field.jsx";
import { ScanBox } from "../../parts/scan_box.jsx";
import { refusalBesideField } from "../../reasons.js";
import { actBody, actFrom, actProblems, KINDS } from "./act_form.js";
import { ownStation } from "./display.jsx";
import { StationScreen, Wrong } from "./frame.jsx";
import { behindPin } from "./guard.js";
import { keptPhoto, SpotPhoto } from "./photo.jsx";
import { expectedOne } from "./roster.jsx";
import { Who, whoFrom } from "./who.jsx";

const RATINGS = ["1", "2", "3", "4", "5"];
/** Without the participant's own phone a picture says what position and code would have said (DOMAIN 4, row 6). */
const WITHOUT_PHONE = ["in", "out"];

export const acts = new Hono()
  .get("/act/:kind/:ulid", behindPin(async (c, person) => {
    const expected = await wanted(c);
    const fresh = { id: `check_event:${ulid().toLowerCase()}` };
    return expected ? show(c, <ActScreen c={c} person={person} expected={expected} act={fresh} people={await operators(c.var.phone)} chosen={person.member} />) : c.notFound();
  }))
  .post("/act/:kind/:ulid", behindPin(seal));

const wanted = (c) => (KINDS.includes(c.req.param("kind")) ? expectedOne(c) : null);

async function seal(c, person) {
  const { phone, t } = c.var;
  const [form, expected, people, station] = await Promise.all([formOf(c), wanted(c), operators(phone), ownStation(c)]);
  if (!expected) return c.notFound();
  const kind = c.req.param("kind");
  const [typed, who] = [actFrom(form), whoFrom(form)];
  const photo = await keptPhoto(phone, form);
  const again = (errors) => show(c, <ActScreen c={c} person={person} expected={expected} act={{ ...typed, photo }} people={people} chosen={who.member} errors={errors} />, 422);
  const problems = actProblems(kind, typed, t, (field, text) => textProblem("check_event", field, text, t));
  if (Object.keys(problems).length > 0) return again(problems);
  try {
    if (!station) throw new PhoneError("station_unknown");
    const body = actBody(kind, typed, { order: expected.order, station, slot: slotOf(expected) });
    await act(phone, who.member, who.pin, () => [{ id: typed.id, type: "check_event", body, photos: photo ? [photo] : [] }]);
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error));
  }
  phone.syncNow();
  return c.redirect("/app/station/roster?saved=1", 303);
}

/** The only one of today, if there is only one. */
const slotOf = ({ slots }) => (slots.length === 1 ? slots[0]._id : undefined);

function ActScreen({ c, person, expected, act, people, chosen, errors = {} }) {
  const { t } = c.var;
  const kind = c.req.param("kind");
  const needsPhoto = WITHOUT_PHONE.includes(kind) && expected.level !== "L1";
  return (
    <StationScreen c={c} title={t("phone.station.act_title", { code: expected.code, what: t(`phone.station.do.${kind}`) })} person={person} back={`/app/station/person/${c.req.param("ulid")}`}>
      <Wrong text={errors.form} />
      <form id="act" method="post" action={`/app/station/act/${kind}/${c.req.param("ulid")}`} enctype="multipart/form-data" data-enhance="keep_scanner" novalidate>
        <input type="hidden" name="id" value={act.id} />
        {kind === "sup_confirm" || kind === "sup_deny" ? <About t={t} act={act} error={errors.short} /> : null}
        {kind === "sup_deny" ? <TextField name="reason" label={t("phone.station.reason")} hint={t("phone.station.reason_hint")} value={act.reason} error={errors.reason} rows={3} /> : null}
        {kind === "sup_confirm" ? <HowItWent t={t} act={act} /> : null}
        <TextField name="note" label={t(kind === "note" ? "phone.station.note" : "phone.station.note_optional")} value={act.note} error={errors.note} rows={2} />
        <SpotPhoto c={c} photo={act.photo} why={needsPhoto ? t("phone.station.photo.without_phone") : null} />
        <Who t={t} people={people} chosen={chosen} errors={errors} />
        <button class="main">{t(`phone.station.do.${kind}`)}</button>
      </form>
    </StationScreen>
  );
}

/** Which check-in: scanned, or six characters, or none. */
function About({ t, act, error }) {
  return (
    <div class="about">
      <p>{t("phone.station.about")}</p>
      <ScanBox t={t} name="scan" prefix="LD2:" value={act.scan} />
      <TextField name="short" label={t("phone.station.short")} hint={t("phone.station.short_hint")} value={act.short} error={error} class="code" maxlength="12" autocapitalize="none" spellcheck="false" />
    </div>
  );
}

function HowItWent({ t, act }) {
  return (
    <>
      <ChoiceField name="rating" legend={t("phone.station.rating")} value={act.rating} options={RATINGS.map((value) => ({ value, label: value }))} />
      <ChoiceField name="is_done" legend={t("phone.station.task_done")} value={act.is_done}
        options={["yes", "no"].map((value) => ({ value, label: t(`phone.station.${value}`) }))} />
    </>
  );
}
