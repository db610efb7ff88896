/** Camera, clip, and what stands for a photo where none can be taken. */
import { TextField } from "../../parts/field.jsx";
import { Icon } from "../../parts/icon.jsx";
import { filesOf, isUnsafe } from "./lead_draft.js";
import { Clip } from "./clip_part.jsx";
import { Photos } from "./photos.jsx";

export function Camera({ c, base, draft, error }) {
  const { t } = c.var;
  const { fields } = draft;
  return (
    <>
      <label class="button camera">
        <Icon name="camera" />
        <span>{t(filesOf(draft).pictures.length > 0 ? "phone.photo.another" : "phone.photo.take")}</span>
        <input type="file" accept="image/*" capture="environment" class="visually-hidden" data-enhance="photos" data-photos={`${base}/photo`}
          data-failed={t("phone.photo.failed")} />
      </label>
      <Photos c={c} draft={draft} />
      <details open={Boolean(error || fields.no_photo_reason || isUnsafe(fields))}>
        <summary>{t("phone.lead.no_photo")}</summary>
        <div class="choices">
          <input type="hidden" name="unsafe_to_photograph" value="no" />
          <div><label><input type="checkbox" name="unsafe_to_photograph" value="yes" checked={isUnsafe(fields)} /><span>{t("phone.lead_form.unsafe")}</span></label></div>
        </div>
        <TextField name="no_photo_reason" label={t("phone.lead.no_photo_reason")} value={fields.no_photo_reason} error={error} />
      </details>
      <Clip c={c} base={base} draft={draft} />
    </>
  );
}
