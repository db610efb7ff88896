/** Opening the tablet: who one is and the PIN; for the first time a code from the office, then a PIN of one's own. */
import { Hono } from "hono/tiny";
import { awake, begin, beginning, choosePin, lock, open, operators, verifyPin } from "../../../log/operators.js";
import { show } from "../../context.js";
import { digitsOf } from "../../digits.js";
import { TextField } from "../../parts/field.jsx";
import { PhoneError } from "../../../log/errors.js";
import { StationScreen, Wrong } from "./frame.jsx";
import { tried } from "./guard.js";
import { PinField, Who, whoFrom } from "./who.jsx";

const CODE_DIGITS = 10;

export const opening = new Hono()
  .get("/open", async (c) => show(c, <OpenScreen c={c} people={await operators(c.var.phone)} />))
  .post("/open", (c) => tried(c, (form) => unlock(c, form), async (errors, form) => (
    show(c, <OpenScreen c={c} people={await operators(c.var.phone)} chosen={whoFrom(form).member} errors={errors} />, 422))))
  .post("/lock", async (c) => {
    await lock(c.var.phone);
    return c.redirect("/app/station", 303);
  })
  .post("/awake", async (c) => {
    await awake(c.var.phone);
    return c.body(null, 204);
  })
  .get("/begin", (c) => show(c, <BeginScreen c={c} />))
  .post("/begin", (c) => tried(c, (form) => useCode(c, form), (errors, form) => show(c, <BeginScreen c={c} code={form.get("code")} errors={errors} />, 422)))
  .get("/pin", async (c) => {
    const person = await beginning(c.var.phone);
    return person ? show(c, <PinScreen c={c} person={person} />) : c.redirect("/app/station/begin", 303);
  })
  .post("/pin", (c) => tried(c, (form) => keepPin(c, form), async (errors) => show(c, <PinScreen c={c} person={await beginning(c.var.phone)} errors={errors} />, 422)));

async function unlock(c, form) {
  const { member, pin } = whoFrom(form);
  if (!member) throw new PhoneError("pin_who", {}, "member");
  await verifyPin(c.var.phone, member, pin);
  await open(c.var.phone, member);
  return c.redirect("/app/station/roster", 303);
}

async function useCode(c, form) {
  const code = digitsOf(String(form.get("code") ?? "")).replaceAll(/\D/g, "");
  if (code.length !== CODE_DIGITS) throw new PhoneError("code_refused", {}, "code");
  await begin(c.var.phone, code);
  return c.redirect("/app/station/pin", 303);
}

async function keepPin(c, form) {
  const [pin, again] = ["pin", "again"].map((name) => String(form.get(name) ?? "").normalize("NFKC").trim());
  if (pin !== again) throw new PhoneError("pin_differs", {}, "again");
  await choosePin(c.var.phone, pin);
  c.var.phone.syncNow();
  return c.redirect("/app/station/roster", 303);
}

function OpenScreen({ c, people, chosen, errors = {} }) {
  const { t } = c.var;
  const able = people.filter((each) => each.has_pin);
  return (
    <StationScreen c={c} title={t("phone.station.open")} back="/app/station">
      <Wrong text={errors.form} />
      {able.length > 0 ? (
        <form id="open" class="narrow" method="post" action="/app/station/open">
          <Who t={t} people={people} chosen={chosen ?? able[0].member} errors={errors} />
          <button class="main">{t("phone.station.open_submit")}</button>
        </form>
      ) : <p class="empty">{t("phone.station.nobody")}</p>}
      <p><a class="button" href="/app/station/begin">{t("phone.station.begin")}</a></p>
    </StationScreen>
  );
}

function BeginScreen({ c, code, errors = {} }) {
  const { t } = c.var;
  return (
    <StationScreen c={c} title={t("phone.station.begin")} back="/app/station/open">
      <p>{t("phone.station.begin_why")}</p>
      <Wrong text={errors.form} />
      <form id="begin" class="narrow" method="post" action="/app/station/begin">
        <TextField name="code" label={t("phone.station.begin_code")} hint={t("phone.station.begin_hint")} value={code} error={errors.code} inputmode="numeric" class="code" maxlength="20" />
        <button class="main">{t("phone.station.begin_submit")}</button>
      </form>
    </StationScreen>
  );
}

function PinScreen({ c, person, errors = {} }) {
  const { t } = c.var;
  return (
    <StationScreen c={c} title={t("phone.station.choose_pin", { name: person?.display_name ?? "" })} back="/app/station/open">
      <p>{t("phone.station.choose_why")}</p>
      <Wrong text={errors.form} />
      <form id="choose" class="narrow" method="post" action="/app/station/pin">
        <PinField t={t} name="pin" label={t("phone.station.pin")} hint={t("phone.station.pin_hint")} error={errors.pin} />
        <PinField t={t} name="again" label={t("phone.station.pin_again")} error={errors.again} />
        <button class="main">{t("phone.station.choose_submit")}</button>
      </form>
    </StationScreen>
  );
}
