/** From what was typed to a lead's body: read a form, say what is missing, seal. Nothing typed is refused before the submit. */
import { limitOf, textProblem } from "../../limits.js";
import { localTime } from "../../when.js";

const TEXTS = ["title", "description", "place_text", "no_photo_reason"];
const CHOICES = ["domain", "domain_version", "urgency", "township", "observed_at"];

/** @param {FormData} form @returns {Object<string, unknown>} the fields of a draft */
export function fieldsFrom(form) {
  const fields = {};
  for (const name of [...TEXTS, ...CHOICES]) if (form.has(name)) fields[name] = String(form.get(name));
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
  if (!options.isFinal) return problems;
  const { fields, photos } = draft;
  if (!fields.domain) problems.domain = t("phone.form.choose");
  if (!fields.point && !fields.place_text?.trim()) problems.place_text = t("phone.lead.place_missing");
  if (photos.length === 0 && !fields.no_photo_reason?.trim()) problems.no_photo_reason = t("phone.lead.photo_missing");
  if (fields.observed_at && new Date(fields.observed_at) > new Date()) problems.observed_at = t("phone.lead.observed_later");
  return problems;
}

/** Of the code table from which the domain was chosen, or null where none had come. @returns {number|null} */
export function versionOf(draft) {
  return Number(draft.fields.domain_version) || null;
}

/** @returns {object} the body as the schema wants it, without `media` */
export function leadBody(draft, domainVersion) {
  const { fields, photos } = draft;
  const body = {
    domain: fields.domain,
    domain_version: domainVersion,
    title: wellFormed(fields.title.trim()),
    description: wellFormed(fields.description.trim()),
    observed_at: fields.observed_at ? localTime(new Date(fields.observed_at)) : draft.begun_at,
    urgency: fields.urgency || "normal",
  };
  if (fields.point) body.point = fields.point;
  for (const name of ["place_text", "township"]) if (fields[name]?.trim()) body[name] = wellFormed(fields[name].trim());
  if (photos.length === 0) body.no_photo_reason = wellFormed(fields.no_photo_reason.trim());
  return body;
}

/** A keyboard may leave half an emoji behind; the log refuses it, so it is replaced here. */
function wellFormed(text) {
  return text.toWellFormed ? text.toWellFormed() : text;
}

export function titleLimit() {
  return limitOf("lead", "title").max_length;
}
