/** Limits of forms, generated from the server's schemas, in words beside the field. Only a submit insists on them. */
import texts from "../generated/text_limits.json";

/** @param {string} type record type @param {string} field */
export function limitOf(type, field) {
  return texts[type]?.[field] ?? {};
}

/** Length as the server counts it: code points, not UTF-16 units. */
export function lengthOf(text) {
  return [...text.trim()].length;
}

/** What is wrong with a text as it stands, or null. An empty one is wrong only when it is `isFinal`. */
export function textProblem(type, field, text, t, { isFinal = false } = {}) {
  const { required, min_length: min, max_length: max } = limitOf(type, field);
  const length = lengthOf(text ?? "");
  if (length === 0) return isFinal && required ? t("phone.form.missing") : null;
  if (min && length < min) return t("phone.form.too_short", { n: min - length, min });
  if (max && length > max) return t("phone.form.too_long", { n: length - max, max });
  return null;
}

/** @param {Object<string, string|null>} problems by field */
export function hasProblem(problems) {
  return Object.values(problems).some(Boolean);
}
