/**
 * A member's records as one list: entries of this phone, and views of the feed, which also hold what other devices of the
 * member sent. The phone never folds: what the centre did is read from the view.
 */
import { OWN_TYPES, waitsForAuthor } from "../feeds/digest.js";
import { isKnownText } from "./text.js";

/**
 * @typedef {{id: string, type: string, at: string, body: object, where: string, entry: object|null, view: object|null}} MyRecord
 */

/** All of them, which takes long where there are many. @returns {Promise<MyRecord[]>} newest first */
export async function myRecords({ phone, feeds }) {
  const [entries, ...seen] = await Promise.all([phone.entries(), ...OWN_TYPES.map((type) => feeds.ownViews(type))]);
  const byId = new Map();
  for (const view of seen.flat()) byId.set(view._id, joined(null, view));
  for (const entry of entries) {
    if (isRecord(entry)) byId.set(entry.id, joined(entry, byId.get(entry.id)?.view ?? null));
  }
  return [...byId.values()].sort((a, b) => (a.at < b.at ? 1 : -1));
}

/**
 * What needs the person, then the newest; the others are not read.
 * @param {number} limit @returns {Promise<{records: MyRecord[], left: number}>} `left`: how many more there are
 */
export async function newestRecords({ phone, feeds }, limit) {
  const [{ rows, count }, open, digest] = await Promise.all([phone.recent(limit + 1), phone.open(), feeds.ownNewest(limit + 1)]);
  const views = new Map([...digest.newest.slice(0, limit + 1), ...digest.waiting].map((view) => [view._id, view]));
  const here = new Map([...rows, ...open].filter(isRecord).map((entry) => [entry.id, entry]));
  const all = [...here.values()].map((entry) => joined(entry, views.get(entry.id) ?? null));
  for (const view of views.values()) if (!here.has(view._id)) all.push(joined(null, view));
  const sorted = needsYouFirst(all.sort((a, b) => (a.at < b.at ? 1 : -1)));
  const shown = await Promise.all(sorted.slice(0, limit).map((record) => withEntry(phone, record)));
  const known = Math.max(count + sorted.length - here.size, digest.count);
  return { records: shown, left: sorted.length > limit ? Math.max(1, known - limit) : 0 };
}

/** A view of what is older here than was read, or of what another device of the member sent. */
async function withEntry(phone, record) {
  return record.entry ? record : joined(await phone.entry(record.id), record.view);
}

/** @returns {Promise<MyRecord|null>} */
export async function myRecord({ phone, feeds }, id) {
  const entry = await phone.entry(id);
  // Before the ack no view counts, and the screen after a submit need not wait for one.
  if (entry && entry.place.where !== "received") return joined(entry, null);
  const view = await feeds.ownView(id);
  return entry || view ? joined(entry, view) : null;
}

/** What this phone alone knows to be unsettled, photos under way included; at once, without the feeds. @returns {Promise<MyRecord[]>} */
export async function openRecords({ phone }) {
  const entries = await phone.open();
  return needsYouFirst(entries.map((entry) => joined(entry, null)));
}

/** @returns {Promise<MyRecord[]>} those of them that the centre has not received */
export async function unsettledHere({ phone }) {
  return (await openRecords({ phone })).filter(isOpen);
}

/** Received records for which the centre waits for more. @returns {Promise<MyRecord[]>} */
export async function returned({ phone, feeds }) {
  const { waiting } = await feeds.ownNewest(1);
  const records = await Promise.all(waiting.map((view) => withEntry(phone, joined(null, view))));
  return records.filter((record) => isNeedy(record) && record.entry?.place.where !== "needs_you");
}

const isRecord = ({ type }) => OWN_TYPES.includes(type);

function isOpen(record) {
  return record.where !== "received";
}

function joined(entry, view) {
  const { id, type } = entry ?? { id: view._id, type: view.type };
  return { id, type, at: entry?.at ?? view.at ?? view.received_at, body: entry?.body ?? view, where: whereIs(entry, view), entry, view };
}

/** A view alone proves nothing about this phone's entry: only the server's ack in `place` makes it received. */
function whereIs(entry, view) {
  if (entry && entry.place.where !== "received") return entry.place.where;
  return waitsForAuthor(view) ? "needs_you" : "received";
}

/** Is there anything to say that the reasons' texts are needed for? */
export function hasReasons({ entry }) {
  return Boolean(entry) && (entry.place.reasons.length + entry.place.flags.length > 0 || entry.media.some((file) => file.reason));
}

/** What the centre did, in a word, or null while it has only been received. */
export function centreWord(record, t) {
  const key = `phone.state.${record.view?.state}`;
  return record.view?.state && isKnownText(key) ? t(key) : null;
}

export function titleOf(record, t) {
  if (record.type === "lead") return record.body.title;
  const key = record.type === "check_event" ? `phone.check.${record.body.kind}` : `phone.own.${record.type}`;
  return t(isKnownText(key) ? key : "phone.own.step");
}

/** Everything that needs the person first, then as it was. */
export function needsYouFirst(records) {
  return [...records.filter(isNeedy), ...records.filter((record) => !isNeedy(record))];
}

function isNeedy(record) {
  return record.where === "needs_you";
}
