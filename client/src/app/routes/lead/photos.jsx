/** The photos of a draft: shown at once, with hash and place in small print, each removable. */
import { Icon } from "../../parts/icon.jsx";
import { LocalImage } from "../../parts/local_image.jsx";
import { placeWords } from "../../parts/place_words.js";
import { filesOf } from "./lead_draft.js";

const HASH_SHOWN = 8;

export function Photos({ c, draft, error }) {
  const { t } = c.var;
  const ulid = draft.id.split(":")[1];
  return (
    <div id="photos" class="photos">
      {filesOf(draft).pictures.map((photo, index) => (
        <figure>
          <LocalImage c={c} path={`/app/draft-photo/${photo.photo}`} alt={t("phone.photo.alt", { n: index + 1 })} />
          <figcaption class="code">{photo.sha256.slice(0, HASH_SHOWN)}<br />{placeWords(photo.position, t)}</figcaption>
          <button type="button" class="remove" hx-post={`/app/lead/${ulid}/photo/${photo.photo}/remove`} hx-target="#photos" hx-swap="outerHTML"
            aria-label={t("phone.photo.remove", { n: index + 1 })}>
            <Icon name="remove" />
          </button>
        </figure>
      ))}
      {error ? <p class="note error" role="alert">{error}</p> : null}
    </div>
  );
}
