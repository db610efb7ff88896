/** A record that is not on this phone. */
import { Screen } from "./screen.jsx";

export function Missing({ c }) {
  const { t } = c.var;
  return (
    <Screen c={c} title={t("phone.mine.missing")} back="/app/mine">
      <p>{t("phone.mine.missing_why")}</p>
    </Screen>
  );
}
