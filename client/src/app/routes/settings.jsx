/** Language, large text, rescue file, sign-out; and which device this is. */
import { Hono } from "hono/tiny";
import { formOf, show } from "../context.js";
import { ChoiceField } from "../parts/field.jsx";
import { RescueFile } from "../parts/rescue_file.jsx";
import { Screen } from "../parts/screen.jsx";
import { savePreferences } from "../preferences.js";
import { refusalBesideField } from "../reasons.js";

export const settings = new Hono()
  .get("/settings", (c) => show(c, <SettingsScreen c={c} />))
  .post("/settings", async (c) => {
    const form = await formOf(c);
    await savePreferences({ language: String(form.get("language")), large: form.get("large") === "yes" });
    return c.redirect("/app/settings", 303);
  })
  .post("/sign-out", async (c) => {
    try {
      await c.var.phone.signOut();
    } catch (error) {
      if (!error.code) throw error;
      return show(c, <SettingsScreen c={c} errors={await refusalBesideField(c, error)} />, 409);
    }
    return c.redirect("/app/enrol", 303);
  });

function SettingsScreen({ c, errors = {} }) {
  const { t, preferences, identity } = c.var;
  return (
    <Screen c={c} title={t("phone.settings.title")} back="/app/">
      <form method="post" action="/app/settings" hx-post="/app/settings" hx-trigger="change" hx-target="body" hx-swap="innerHTML show:none">
        <ChoiceField name="language" legend={t("phone.settings.language")} value={preferences.language}
          options={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} />
        <ChoiceField name="large" legend={t("phone.settings.text")} value={preferences.large ? "yes" : "no"}
          options={[{ value: "no", label: t("phone.settings.text_normal") }, { value: "yes", label: t("phone.settings.text_large") }]} />
      </form>
      {identity ? <Device c={c} error={errors.form} /> : null}
    </Screen>
  );
}

function Device({ c, error }) {
  const { t, identity } = c.var;
  return (
    <>
      <section>
        <h2>{t("phone.settings.device")}</h2>
        <dl>
          <dt>{t("phone.settings.member")}</dt><dd>{identity.display_name}</dd>
        </dl>
      </section>
      <RescueFile c={c} />
      <section>
        <h2>{t("phone.sign_out.title")}</h2>
        <p>{t("phone.sign_out.why")}</p>
        {error ? <p class="note error" role="alert">{error}</p> : null}
        <form method="post" action="/app/sign-out"><button>{t("phone.sign_out.submit")}</button></form>
      </section>
    </>
  );
}
