/** Codes of refusals, flags and failures in words. A code that this build does not know is shown with what it came with. */
import { isKnownText } from "./text.js";

/** @param {string} prefix `reason`, `flag`, `phone_error`, `sync`, `storage` @param {{code: string, params?: object}} said */
export function inWords(prefix, said, t) {
  const key = `${prefix}.${said.code}`;
  if (isKnownText(key)) return t(key, said.params);
  return t("phone.unknown_code", { code: said.code });
}

/** A refusal of the log beside its field: {field: words}. */
export function refusalBesideField(error, t) {
  const field = error.path?.split(".").filter((name) => name !== "body")[0] || "form";
  return { [field]: inWords("phone_error", error, t) };
}
