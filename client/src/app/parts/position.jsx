/**
 * Where one stands, improving while one looks. The page fills in the field and swaps the words; nothing waits for it.
 * `field` is the hidden field: `point` (one position) or `samples` (up to five).
 */
import { Icon } from "./icon.jsx";

export const POOR_ACCURACY_M = 50;

export function Position({ t, field, value }) {
  const known = value?.accuracy_m !== undefined;
  const isPoor = known && value.accuracy_m > POOR_ACCURACY_M;
  return (
    <div class={isPoor ? "position poor" : "position"} data-position={field} data-poor-m={POOR_ACCURACY_M} data-good={t("phone.position.good")} data-poor={t("phone.position.poor")}
      data-denied={t("phone.position.denied")} data-none={t("phone.position.none")}>
      <Icon name="place" />
      <output aria-live="polite">{known ? t(isPoor ? "phone.position.poor" : "phone.position.good", { m: Math.round(value.accuracy_m) }) : t("phone.position.searching")}</output>
      {known ? <button type="button" class="quiet">{t("phone.position.again")}</button> : null}
      <input type="hidden" name={field} value={value ? JSON.stringify(value) : ""} />
      <input type="hidden" name={`${field}_missing`} value="" />
    </div>
  );
}
