/** Codes of refusals, flags and failures in words. A code that this build does not know is shown with what it came with. */
import { readReasons } from "./context.js";
import { isKnownText } from "./text.js";

const FIELD_LABELS = {
  title: "phone.lead.title_field",
  description: "phone.lead.description",
  domain: "phone.lead.domain",
  place_text: "phone.lead.place_text",
  observed_at: "phone.lead.observed_at",
  no_photo_reason: "phone.lead.no_photo_reason",
  code: "phone.check.code",
  note: "phone.check.note",
};

/** @param {string} prefix `reason`, `flag`, `phone_error`, `sync`, `storage` @param {{code: string, params?: object}} said */
export function inWords(prefix, said, t) {
  const key = `${prefix}.${said.code}`;
  const words = isKnownText(key) ? t(key, said.params) : t("phone.unknown_code", { code: said.code });
  const label = FIELD_LABELS[said.params?.field];
  return label ? t("phone.about_field", { field: t(label), words }) : words;
}

/** Why the centre did not take a photo; `reason` is `media.reason.<reason>` or a name that only the server's log explains. */
export function photoReason(reason, t) {
  const key = `media.reason.${reason}`;
  return t(isKnownText(key) ? key : "phone.media.refused_why");
}

/** A refusal of the log beside its field: {field: words}. */
export async function refusalBesideField(c, error) {
  await readReasons(c);
  const field = error.path?.split(".").filter((name) => name !== "body")[0] || "form";
  return { [field]: inWords("phone_error", error, c.var.t) };
}
