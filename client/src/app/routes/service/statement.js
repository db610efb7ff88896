/** The person's own words on a session or an evaluation. */
import { lengthOf } from "../../limits.js";

/** Of the workflows' forms. */
export const MOST = 1000;

/** @returns {string|null} */
export function statementProblem(text, t) {
  const length = lengthOf(text);
  if (length === 0) return t("phone.form.missing");
  return length > MOST ? t("phone.form.too_long", { n: length - MOST, max: MOST }) : null;
}
