/** One short clip of a draft: added where photos do not show it, removable, refused with the reason when it is too long or too big. */
import LIMITS from "../../../generated/limits.json";
import { Icon } from "../../parts/icon.jsx";
import { filesOf } from "./lead_draft.js";

const HASH_SHOWN = 8;
const MB = 1024 * 1024;
export const MAX_CLIP_S = LIMITS.max_clip_s;
export const MAX_CLIP_BYTES = LIMITS.max_clip_bytes;

/** How the limits are said. */
export const LIMIT_WORDS = { s: MAX_CLIP_S, mb: Math.floor(MAX_CLIP_BYTES / MB) };

export function Clip({ c, base, draft, error }) {
  const { t } = c.var;
  const { clip } = filesOf(draft);
  return (
    <div id="clip">
      {clip ? <Kept t={t} base={base} clip={clip} /> : <Offer t={t} base={base} isOpen={Boolean(error)} error={error} />}
    </div>
  );
}

function Kept({ t, base, clip }) {
  return (
    <p class="added">
      <span>{t("phone.lead_form.clip_kept", { s: Math.ceil(clip.duration_s) })} <span class="code">{clip.sha256.slice(0, HASH_SHOWN)}</span></span>
      <button type="button" class="quiet" hx-post={`${base}/clip/remove`} hx-target="#clip" hx-swap="outerHTML" aria-label={t("phone.lead_form.clip_remove")}>
        <Icon name="remove" />
      </button>
    </p>
  );
}

function Offer({ t, base, isOpen, error }) {
  return (
    <details open={isOpen ? true : undefined}>
      <summary>{t("phone.lead_form.clip")}</summary>
      <label class="button camera">
        <Icon name="camera" />
        <span>{t("phone.lead_form.clip_take", LIMIT_WORDS)}</span>
        <input type="file" accept="video/mp4,video/webm,video/quicktime,video/*" capture="environment" class="visually-hidden" data-enhance="clip" data-clip={`${base}/clip`}
          data-failed={t("phone.lead_form.clip_failed")} />
      </label>
      {error ? <p class="note error" role="alert">{error}</p> : null}
    </details>
  );
}
