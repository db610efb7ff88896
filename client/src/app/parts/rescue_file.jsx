/** All that is unsent as one file, for whoever repairs or reads this phone; and which phone it is. */
import { Icon } from "./icon.jsx";

export function RescueFile({ c }) {
  const { t, identity } = c.var;
  return (
    <section>
      <h2>{t("phone.rescue.title")}</h2>
      <p>{t("phone.rescue.why")}</p>
      <button type="button" data-rescue="yes"><Icon name="save" />{t("phone.rescue.save")}</button>
      <p class="hint code">{t("phone.sync.device", { device: identity.device, build: c.env.build })}</p>
    </section>
  );
}
