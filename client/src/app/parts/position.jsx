/**
 * Where one stands, improving while one looks. The page fills in the field and swaps the words; nothing waits for it.
 * `field` is the hidden field: `point` (one position) or `samples` (up to five).
 */
import { Icon } from "./icon.jsx";

export const POOR_ACCURACY_M = 50;

export function Position({ t, field, value }) {
  const best = [value ?? []].flat().reduce((a, b) => (a?.accuracy_m <= b.accuracy_m ? a : b), null);
  const isPoor = best?.accuracy_m > POOR_ACCURACY_M;
  return (
    <div class={isPoor ? "position poor" : "position"} data-enhance="position" data-position={field} data-poor-m={POOR_ACCURACY_M} data-good={t("phone.position.good")} data-poor={t("phone.position.poor")}
      data-denied={t("phone.position.denied")} data-none={t("phone.position.none")}>
      <Icon name="place" />
      <output aria-live="polite">{best ? t(isPoor ? "phone.position.poor" : "phone.position.good", { m: Math.round(best.accuracy_m) }) : t("phone.position.searching")}</output>
      {best ? <button type="button" class="quiet">{t("phone.position.again")}</button> : null}
      <input type="hidden" name={field} value={best ? JSON.stringify(value) : ""} />
      <input type="hidden" name={`${field}_missing`} value="" />
    </div>
  );
}
