/** A photo that is taken here and now, by the camera in the page: no gallery. Without a camera the work goes on. */
import { LocalImage } from "../../parts/local_image.jsx";

/** `photo`: one that is kept already, of a form that was sent back. */
export function PhotoBox({ c, photo, error }) {
  const { t } = c.var;
  return (
    <div class="field shot" data-enhance="shot" data-open={t("phone.service.photo.open")} data-take={t("phone.service.photo.take")} data-again={t("phone.service.photo.again")}
      data-failed={t("phone.service.photo.failed")} data-alt={t("phone.service.photo.alt")}>
      <p>{t("phone.service.photo.why")}</p>
      <div data-view="yes">{photo ? <LocalImage c={c} path={`/app/draft-photo/${photo.photo}`} alt={t("phone.service.photo.alt")} /> : null}</div>
      <button type="button">{t(photo ? "phone.service.photo.again" : "phone.service.photo.open")}</button>
      <input type="file" name="photo" accept="image/jpeg" hidden />
      <input type="hidden" name="kept_photo" value={photo ? JSON.stringify(photo) : ""} />
      <p class="note" role="status">{error ?? ""}</p>
    </div>
  );
}
