/** Enrol this phone by a ten-digit code, then say how to keep it on the home screen. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../context.js";
import { digitsOf } from "../digits.js";
import { TextField } from "../parts/field.jsx";
import { Screen } from "../parts/screen.jsx";
import { refusalBesideField } from "../reasons.js";

export const enrol = new Hono()
  .get("/enrol", (c) => (c.var.identity && !c.var.identity.must_re_enrol ? c.redirect("/app/", 303) : show(c, <CodeScreen c={c} />)))
  .post("/enrol", async (c) => {
    const { phone, t } = c.var;
    const code = digitsOf(String((await formOf(c)).get("code") ?? "")).replaceAll(/\D/g, "");
    if (code.length !== 10) return show(c, <CodeScreen c={c} code={code} errors={{ code: t("phone.enrol.ten_digits", { n: code.length }) }} />, 422);
    try {
      await phone.enrol({ code, label: deviceLabel(globalThis.navigator?.userAgent ?? "") });
    } catch (error) {
      if (!error.code) throw error;
      return show(c, <CodeScreen c={c} code={code} errors={await refusalBesideField(c, error)} />, 422);
    }
    return c.redirect("/app/welcome", 303);
  })
  .get("/locked", (c) => show(c, <Locked c={c} />))
  .get("/welcome", (c) => show(c, <Welcome c={c} />));

function CodeScreen({ c, code, errors = {} }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.enrol.title")} action={<button class="main" form="enrol">{t("phone.enrol.submit")}</button>}>
      <p>{t("phone.enrol.why")}</p>
      {errors.form ? <p class="note error" role="alert">{errors.form}</p> : null}
      <form id="enrol" method="post" action="/app/enrol" hx-replace-url="true">
        <TextField name="code" label={t("phone.enrol.code")} hint={t("phone.enrol.code_hint")} value={code} error={errors.code}
          isFirstError={Boolean(errors.code)} inputmode="numeric" class="code" maxlength="40" data-code-from-link="yes" />
      </form>
    </Screen>
  );
}

/** Ordered by the security officer, for a phone that may be in other hands. */
function Locked({ c }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.status.locked")}>
      <p>{t("phone.locked.why")}</p>
    </Screen>
  );
}

function Welcome({ c }) {
  const { t, identity } = c.var;
  return (
    <Screen c={c} title={t("phone.welcome.title", { name: identity.display_name })}
      action={<a class="button main" href="/app/" data-persist="yes">{t("phone.welcome.start")}</a>}>
      <p>{t("phone.welcome.enrolled")}</p>
      <h2>{t("phone.welcome.home_screen")}</h2>
      <p>{t("phone.welcome.android")}</p>
      <p>{t("phone.welcome.ios")}</p>
      <p>{t("phone.welcome.why")}</p>
    </Screen>
  );
}

/** A name by which the security officer tells this phone from others: system and browser, nothing finer. */
function deviceLabel(agent) {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(agent)?.[0] ?? "?";
  const browser = /MicroMessenger|Edg|Firefox|Chrome|Safari/.exec(agent)?.[0] ?? "?";
  return `${system} ${browser}`;
}
