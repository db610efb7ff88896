/** A photo taken by the tablet's camera here and now; there is no way to a gallery. */
import { LocalImage } from "../../parts/local_image.jsx";
import { keptPicture } from "../service/pictures.js";

/** `photo`: one that is kept already, of a form that was sent back; `why`: why it is wanted, null where it need not be. */
export function SpotPhoto({ c, photo, why, error }) {
  const { t } = c.var;
  return (
    <div class="field shot" data-enhance="shot" data-facing="environment" data-open={t("phone.station.photo.open")} data-take={t("phone.station.photo.take")}
      data-again={t("phone.station.photo.again")} data-failed={t("phone.station.photo.failed")} data-alt={t("phone.station.photo.alt")}>
      {why ? <p>{why}</p> : null}
      <div data-view="yes">{photo ? <LocalImage c={c} path={`/app/draft-photo/${photo.photo}`} alt={t("phone.station.photo.alt")} /> : null}</div>
      <button type="button">{t(photo ? "phone.station.photo.again" : "phone.station.photo.open")}</button>
      <input type="file" name="photo" accept="image/jpeg" hidden />
      <input type="hidden" name="kept_photo" value={photo ? JSON.stringify(photo) : ""} />
      <p class={error ? "note error" : "note"} role="status">{error ?? ""}</p>
    </div>
  );
}

/** The photo that a form brought, kept; or the one that an earlier try of the same form had brought. @returns {Promise<object|null>} */
export async function keptPhoto(phone, form) {
  return (await keptPicture(phone, form.get("photo"))) ?? JSON.parse(String(form.get("kept_photo") || "null"));
}
