/** A draft as the schema wants it (server/records/lead.py, schema 2). */
import { localTime } from "../../when.js";
import { HARMS, isUnsafe } from "./lead_draft.js";
import { numberOf, placesIn } from "./places.js";

export const SCHEMA = 2;

/** @returns {object} the body, without `media` */
export function leadBody(draft, domainVersion, localRef) {
  const { fields, photos } = draft;
  const isUrgent = fields.urgency === "urgent";
  return withoutEmpty({
    local_ref: localRef,
    source: "volunteer",
    domain: fields.domain,
    domain_version: domainVersion,
    title: text(fields.title),
    description: text(fields.description),
    observed_at: fields.observed_at ? localTime(new Date(fields.observed_at)) : draft.begun_at,
    urgency: isUrgent ? "urgent" : "normal",
    urgency_criterion: isUrgent ? fields.urgency_criterion : undefined,
    places: placesIn(fields),
    place_text: text(fields.place_text),
    township: text(fields.township),
    harm_est: harmOf(fields),
    suspected_actor: text(fields.suspected_actor),
    agency: text(fields.agency),
    anonymity: fields.anonymity === "hidden" ? "hidden" : "named",
    contact_ok: fields.contact_ok !== "no",
    related: fields.related ?? [],
    unsafe_to_photograph: isUnsafe(fields) || undefined,
    no_photo_reason: photos.length === 0 ? text(fields.no_photo_reason) : undefined,
  });
}

function harmOf(fields) {
  const harm = {};
  for (const name of HARMS) {
    const number = numberOf(fields[name]);
    // Nothing at all is no estimate, and half a tree is none either.
    if (number) harm[name] = name === "count" ? Math.max(1, Math.round(number)) : number;
  }
  return Object.keys(harm).length > 0 ? harm : undefined;
}

/** A keyboard may leave half an emoji behind; the log refuses it, so it is replaced here. */
function text(typed) {
  const kept = typed?.trim() ?? "";
  return kept.toWellFormed ? kept.toWellFormed() : kept;
}

function withoutEmpty(body) {
  const isEmpty = (value) => value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !isEmpty(value)));
}
