/** What was typed about a lead: read a form, say what is missing. Nothing typed is refused before the submit. */
import { isClip } from "../../../log/drafts.js";
import { textProblem } from "../../limits.js";
import { numberOf, placesIn, stakeFrom } from "./places.js";

const TEXTS = ["title", "description", "place_text", "no_photo_reason", "suspected_actor", "agency"];
const CHOICES = ["domain", "domain_version", "urgency", "urgency_criterion", "township", "observed_at", "anonymity", "contact_ok", "unsafe_to_photograph"];
export const HARMS = ["area_mu", "length_m", "count"];
const STAKE = ["stake_no", "grid_no"];
export const CRITERIA = ["flood_season", "discharge", "collapse", "other"];
const MAX_RELATED = 5;

/** @param {FormData} form @returns {Object<string, unknown>} the fields of a draft */
export function fieldsFrom(form) {
  const fields = {};
  // Of a box and the "no" that stands for an empty one, the last counts.
  for (const name of [...TEXTS, ...CHOICES, ...STAKE, ...HARMS]) if (form.has(name)) fields[name] = String(form.getAll(name).at(-1));
  if (form.has("related")) fields.related = form.getAll("related").map(String).filter(Boolean).slice(0, MAX_RELATED);
  const point = pointFrom(form.get("point"));
  if (point) fields.point = point;
  return fields;
}

function pointFrom(text) {
  try {
    return text ? JSON.parse(String(text)) : null;
  } catch {
    // Only our own page writes this field; anything else is no position.
    return null;
  }
}

/** Problems of texts as they stand: {field: words or null}. @param {{isFinal?: boolean}} [options] */
export function leadProblems(draft, t, options = {}) {
  const problems = {};
  for (const name of TEXTS) problems[name] = textProblem("lead", name, draft.fields[name] ?? "", t, options);
  const { fields, photos } = draft;
  for (const name of HARMS) problems[name] = numberOf(fields[name]) === null ? t("phone.lead_form.not_a_number") : null;
  problems.stake_no = stakeFrom(fields).problem ? t("phone.lead_form.stake_wrong") : null;
  if (!options.isFinal) return problems;
  if (!fields.domain) problems.domain = t("phone.form.choose");
  if (placesIn(fields).length === 0 && !fields.place_text?.trim()) problems.place_text = t("phone.lead.place_missing");
  if (photos.length === 0 && !isUnsafe(fields) && !fields.no_photo_reason?.trim()) problems.no_photo_reason = t("phone.lead.photo_missing");
  if (fields.observed_at && new Date(fields.observed_at) > new Date()) problems.observed_at = t("phone.lead.observed_later");
  if (fields.urgency === "urgent" && !fields.urgency_criterion) problems.urgency_criterion = t("phone.form.choose");
  return problems;
}

export const isUnsafe = (fields) => fields.unsafe_to_photograph === "yes";

/** @returns {{pictures: object[], clip: object|undefined}} of a draft */
export function filesOf({ photos }) {
  return { pictures: photos.filter((file) => !isClip(file)), clip: photos.find(isClip) };
}

/** Of the code table from which the domain was chosen, or null where none had come. @returns {number|null} */
export function versionOf(draft) {
  return Number(draft.fields.domain_version) || null;
}
