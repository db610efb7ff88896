/** A button that reads a QR code by the camera into the hidden field `name`; typing stands beside it, in the form that shows this. */

/** `prefix`: `LD1:` or `LD2:`; `submit`: the form goes as soon as a code was read. */
export function ScanBox({ t, name, prefix, value, submit }) {
  return (
    <div class="scan" data-enhance="scan" data-prefix={prefix} data-submit={submit ? "yes" : undefined} data-open={t("phone.scan.open")} data-close={t("phone.scan.close")}
      data-say-looking={t("phone.scan.looking")} data-say-found={t("phone.scan.found")} data-say-other={t("phone.scan.other")}
      data-say-denied={t("phone.scan.denied")} data-say-no_camera={t("phone.scan.no_camera")} data-say-unsupported={t("phone.scan.unsupported")}>
      <button type="button">{t("phone.scan.open")}</button>
      <div data-view="yes"></div>
      <output aria-live="polite">{value ? t("phone.scan.found") : ""}</output>
      <input type="hidden" name={name} value={value ?? ""} />
    </div>
  );
}
