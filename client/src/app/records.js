/**
 * A member's records as one list: entries of this phone, and views of the feed, which also hold what other devices of the
 * member sent. The phone never folds: what the centre did is read from the view.
 */
import { isKnownText } from "./text.js";

const TYPES = ["lead", "check_event"];
/** States in which the centre waits for the author. */
const WAITS_FOR_AUTHOR = new Set(["returned"]);

/**
 * @typedef {{id: string, type: string, at: string, body: object, where: string, entry: object|null, view: object|null}} MyRecord
 */

/** @returns {Promise<MyRecord[]>} newest first */
export async function myRecords({ phone, feeds }) {
  const [entries, ...seen] = await Promise.all([phone.entries(), ...TYPES.map((type) => feeds.ownViews(type))]);
  const byId = new Map();
  for (const view of seen.flat()) byId.set(view._id, joined(null, view));
  for (const entry of entries) {
    if (TYPES.includes(entry.type)) byId.set(entry.id, joined(entry, byId.get(entry.id)?.view ?? null));
  }
  return [...byId.values()].sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** @returns {Promise<MyRecord|null>} */
export async function myRecord({ phone, feeds }, id) {
  const entry = await phone.entry(id);
  // Before the ack no view counts, and the screen after a submit need not wait for one.
  if (entry && entry.place.where !== "received") return joined(entry, null);
  const view = await feeds.ownView(id);
  return entry || view ? joined(entry, view) : null;
}

/** What this phone alone knows to be unsettled; at once, without the feeds. @returns {Promise<MyRecord[]>} */
export async function unsettledHere({ phone }) {
  const entries = await phone.entries();
  return needsYouFirst(entries.filter((entry) => TYPES.includes(entry.type)).map((entry) => joined(entry, null)).filter(isOpen));
}

/** Received records for which the centre waits for more. @returns {Promise<MyRecord[]>} */
export async function returned({ phone, feeds }) {
  return (await myRecords({ phone, feeds })).filter((record) => isNeedy(record) && record.entry?.place.where !== "needs_you");
}

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
  return WAITS_FOR_AUTHOR.has(view?.state) ? "needs_you" : "received";
}

/** What the centre did, in a word, or null while it has only been received. */
export function centreWord(record, t) {
  const key = `phone.state.${record.view?.state}`;
  return record.view?.state && isKnownText(key) ? t(key) : null;
}

export function titleOf(record, t) {
  if (record.type === "lead") return record.body.title;
  return t(`phone.check.${record.body.kind}`);
}

/** Everything that needs the person first, then as it was. */
export function needsYouFirst(records) {
  return [...records.filter(isNeedy), ...records.filter((record) => !isNeedy(record))];
}

function isNeedy(record) {
  return record.where === "needs_you";
}
