/** A signature: drawn on the screen, or the name typed by whoever cannot or does not want to draw. One of them is asked, neither is better. */
import { LocalImage } from "../../parts/local_image.jsx";
import { TextField } from "../../parts/field.jsx";
import { localTime } from "../../when.js";
import { keptPicture } from "./pictures.js";

/** `signature`: what the form has brought already. */
export function SignatureBox({ c, signature, error }) {
  const { t } = c.var;
  return (
    <fieldset class="field" aria-describedby="signature-note">
      <legend>{t("phone.service.sign.legend")}</legend>
      {signature.picture ? <Kept c={c} picture={signature.picture} /> : <Drawing t={t} />}
      <details open={signature.name ? true : undefined}>
        <summary>{t("phone.service.sign.or_type")}</summary>
        <TextField name="typed_name" label={t("phone.service.sign.name")} value={signature.name} maxlength="60" />
      </details>
      <p id="signature-note" class={error ? "note error" : "note"} aria-live="polite">{error ?? ""}</p>
    </fieldset>
  );
}

function Drawing({ t }) {
  return (
    <div class="signature" data-enhance="signature">
      <canvas role="img" aria-label={t("phone.service.sign.canvas")}></canvas>
      <button type="button" class="quiet">{t("phone.service.sign.clear")}</button>
      <input type="file" name="picture" accept="image/png" hidden />
    </div>
  );
}

function Kept({ c, picture }) {
  const { t } = c.var;
  return (
    <div class="signature">
      <LocalImage c={c} path={`/app/draft-photo/${picture.photo}`} alt={t("phone.service.sign.canvas")} />
      <input type="hidden" name="kept_picture" value={JSON.stringify(picture)} />
    </div>
  );
}

/** @param {FormData} form @returns {Promise<{picture: object|null, name: string, lawyer: string, statement: string, id: string}>} the picture is in the phone's keeping */
export async function signatureFrom(phone, form) {
  const text = (name) => String(form.get(name) ?? "").trim();
  const kept = text("kept_picture");
  const picture = (await keptPicture(phone, form.get("picture"))) ?? (kept ? JSON.parse(kept) : null);
  return { picture, name: text("typed_name"), lawyer: text("lawyer"), statement: text("statement"), id: text("signature") };
}

/** A dot or a character that nobody sees is no name. */
const NAME = /\p{L}/u;

export const isSigned = ({ picture, name }) => Boolean(picture) || NAME.test(name);

/** Seal it; the step that follows names it. @param {{order: string, document: object}} about */
export function appendSignature(phone, signature, { order, document }) {
  const body = { order, document: document._id };
  if (signature.name) body.typed_name = signature.name;
  if (signature.statement) body.statement = signature.statement;
  if (signature.lawyer) body.lawyer_present = signature.lawyer === "yes";
  return phone.append({ id: signature.id, type: "signature", role: "participant", body, photos: signature.picture ? [signature.picture] : [] });
}

/** The day on which somebody signs, by this phone. */
export const today = () => localTime().slice(0, 10);
