/** What is in the log, and where each of it is: what the app lists, joined from the stores that push and state keep. */
import { placeOf } from "./place.js";
import { loadState } from "./state.js";

const byEntry = (rows) => new Map(rows.map((row) => [row.entry, row]));

/** Everything known of one device's entries, or of one entry, read in one transaction. @param {IDBValidKey[]} prefix of the key */
async function known(store, ...prefix) {
  const [device] = prefix;
  const range = IDBKeyRange.bound(prefix, [...prefix, []]);
  const transaction = store.db.transaction(["sent", "verdicts", "refusals", "media"]);
  const [sent, verdicts, refusals, media] = await Promise.all(
    ["sent", "verdicts", "refusals", "media"].map((name) => transaction.objectStore(name).getAll(range)),
  );
  const state = await loadState(store, device);
  return { state, sent: byEntry(sent), verdicts: byEntry(verdicts), refusals: byEntry(refusals), media: grouped(media) };
}

function grouped(media) {
  const groups = new Map();
  for (const row of media) groups.set(row.entry, [...(groups.get(row.entry) ?? []), row]);
  return groups;
}

function shownMedia({ number, sha256, size, type, state, sent_bytes, reason, is_here }) {
  return { number, sha256, size, type, state, sent_bytes, reason, is_here };
}

/** @returns {import("./phone.js").EntryRow} */
function entryRow(row, about) {
  const { device, entry, sealed } = row;
  const { epoch = null, ack = null } = about.state ?? {};
  const place = placeOf({
    hash: sealed.hash, entry, epoch, ack,
    verdict: about.verdicts.get(entry), sent: about.sent.get(entry), refusal: about.refusals.get(entry),
  });
  return {
    id: sealed.id, type: sealed.type, device, entry, at: sealed.at, author: sealed.author, role: sealed.role, hash: sealed.hash, body: sealed.body,
    place, media: (about.media.get(entry) ?? []).map(shownMedia),
  };
}

const coming = new WeakMap();

/**
 * Every row, read once for all who ask before the reading begins: a screen asks for its list, its counts and its warnings at once,
 * and with 1,000 records on a slow phone one reading is 150 ms. Nobody gets an older answer than their own would have been.
 */
function allRows(store) {
  if (!coming.has(store)) {
    const begun = new Promise((resolve) => { setTimeout(resolve, 0); });
    coming.set(store, begun.then(() => {
      coming.delete(store);
      return readRows(store);
    }));
  }
  return coming.get(store);
}

async function readRows(store) {
  const rows = await store.db.getAll("log");
  const devices = [...new Set(rows.map((row) => row.device))];
  const about = new Map(await Promise.all(devices.map(async (device) => [device, await known(store, device)])));
  const sortKey = ({ id }) => id.slice(id.indexOf(":"));
  return rows.map((row) => entryRow(row, about.get(row.device))).sort((a, b) => (sortKey(a) < sortKey(b) ? 1 : -1));
}

/** @param {{type?: string}} filter @returns {Promise<import("./phone.js").EntryRow[]>} newest first, of this and earlier devices */
export async function listEntries(store, { type } = {}) {
  const rows = await allRows(store);
  return rows.filter((row) => !type || row.type === type);
}

/** @param {string} id @returns {Promise<import("./phone.js").EntryRow|null>} */
export async function findEntry(store, id) {
  const row = await store.db.getFromIndex("log", "by_record", id);
  return row ? entryRow(row, await known(store, row.device, row.entry)) : null;
}

/** Has the centre this entry, judged or not? A refused one is kept there as well. */
export function isAtCentre({ place }) {
  return place.where !== "on_phone" && !place.reasons.some(({ code }) => NEVER_TAKEN.has(code));
}

/** Reasons under which the only copy is the phone's. */
const NEVER_TAKEN = new Set(["door_will_not_take", "fork"]);
const STILL_HERE_ONLY = new Set(["queued", "sending", "sent"]);

/** Photos whose bytes the server has not verified. */
export function unverified(row) {
  return row.media.filter((file) => file.is_here && STILL_HERE_ONLY.has(file.state));
}

/** @returns {Promise<import("./phone.js").Unsent>} */
export async function countUnsent(store) {
  const [rows, drafts] = await Promise.all([listEntries(store), store.db.count("drafts")]);
  const entries = rows.filter((row) => !isAtCentre(row));
  const files = rows.flatMap(unverified);
  const waiting = rows.filter((row) => !isAtCentre(row) || unverified(row).length);
  const oldest = waiting.map((row) => row.at).sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
  return {
    entries: entries.length,
    photos: files.length,
    photo_bytes: files.reduce((sum, file) => sum + file.size, 0),
    drafts,
    oldest_at: oldest,
  };
}
