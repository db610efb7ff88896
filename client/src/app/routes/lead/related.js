/** Own earlier leads that may tell of the same: the nearest first, then the newest. */
import { myRecord, newestRecords } from "../../records.js";
import { distanceM } from "../../spread.js";

const LOOKED_AT = 30;
const SHOWN = 6;

/** @returns {Promise<{id: string, title: string, at: string}[]>} those that the draft names already are always among them */
export async function relatedLeads(known, draft) {
  const { records } = await newestRecords(known, LOOKED_AT);
  const leads = records.filter(({ type, body }) => type === "lead" && body.title);
  const sorted = leads.map((record) => ({ record, away: awayM(draft.fields.point, record.body) })).sort((a, b) => a.away - b.away);
  const chosen = draft.fields.related ?? [];
  const listed = sorted.map(({ record }) => record).slice(0, SHOWN);
  const missing = chosen.filter((id) => !listed.some((record) => record.id === id));
  const others = await Promise.all(missing.map((id) => myRecord(known, id)));
  return [...others.filter(Boolean), ...listed].map(({ id, body, at }) => ({ id, title: body.title, at }));
}

/** Infinity where one of both places is not known, so that the newest stay first. */
function awayM(point, body) {
  const places = [body.point, ...(body.places ?? [])].filter((place) => place?.lat !== undefined);
  if (!point || places.length === 0) return Number.MAX_SAFE_INTEGER;
  return Math.min(...places.map((place) => distanceM(point, place)));
}
