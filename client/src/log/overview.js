/** What is in the log, and where each of it is: what the app lists, joined from the stores that push and state keep. */
import { placeOf } from "./place.js";
import { isSettled, keepSettled, settledOf } from "./settled.js";
import { stateKey } from "./state_key.js";

const byEntry = (rows) => new Map(rows.map((row) => [row.entry, row]));

const STORES = ["sent", "verdicts", "refusals", "media"];
const ALL = [...STORES, "meta", "log"];

/** What is known of a device's entries in a range of keys, within one transaction: of one moment. */
async function known(transaction, device, range) {
  const [sent, verdicts, refusals, media] = await Promise.all(STORES.map((name) => transaction.objectStore(name).getAll(range)));
  const state = (await transaction.objectStore("meta").get(stateKey(device))) ?? null;
  return { state, sent: byEntry(sent), verdicts: byEntry(verdicts), refusals: byEntry(refusals), media: grouped(media) };
}

/** A device's rows in a range of keys, each with its place. */
async function rowsIn(transaction, device, range) {
  const [rows, about] = await Promise.all([transaction.objectStore("log").getAll(range), known(transaction, device, range)]);
  return rows.map((row) => entryRow(row, about));
}

const from = (device, entry = 0) => IDBKeyRange.bound([device, entry], [device, []]);
const only = (device, entry) => IDBKeyRange.bound([device, entry], [device, entry, []]);

/** Of this phone's present and earlier devices, whichever have written. @returns {Promise<string[]>} */
async function devicesOf(transaction) {
  const devices = [];
  let cursor = await transaction.objectStore("log").openKeyCursor();
  while (cursor) {
    const [device] = cursor.key;
    devices.push(device);
    cursor = await cursor.continue([device, []]);
  }
  return devices;
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

/** @param {{type?: string}} filter @returns {Promise<import("./phone.js").EntryRow[]>} newest first, of this and earlier devices: every one is read */
export async function listEntries(store, { type } = {}) {
  const transaction = store.db.transaction(ALL);
  const found = [];
  for (const device of await devicesOf(transaction)) found.push(...(await rowsIn(transaction, device, from(device))));
  return found.filter((row) => !type || row.type === type).sort((a, b) => (sortKey(a) < sortKey(b) ? 1 : -1));
}

/** Of the member who is enrolled; a shared tablet, where many write, is enrolled as itself. */
export function isOf({ author, device }, identity) {
  return author === identity?.member || device === identity?.member;
}

const sortKey = ({ id }) => id.slice(id.indexOf(":"));

/**
 * The last entries of each of a member's devices, and how many there are in all; the older ones are not read.
 * @param {string} member @param {number} limit @returns {Promise<{rows: import("./phone.js").EntryRow[], count: number}>} newest first
 */
export async function recentEntries(store, member, limit) {
  const transaction = store.db.transaction(ALL);
  const log = transaction.objectStore("log");
  const found = { rows: [], count: 0 };
  for (const device of await devicesOf(transaction)) {
    const rows = await rowsIn(transaction, device, from(device, await firstOf(log, device, limit)));
    // A device is one member's.
    if (!isOf(rows.at(-1), { member })) continue;
    found.rows.push(...rows);
    found.count += await log.count(from(device));
  }
  found.rows.sort((a, b) => (a.at < b.at ? 1 : -1));
  return { ...found, rows: found.rows.slice(0, limit) };
}

/** The entry number from which there are `limit` rows; numbers may have holes. */
async function firstOf(log, device, limit) {
  const cursor = await log.openKeyCursor(from(device), "prev");
  const first = limit > 1 ? await cursor.advance(limit - 1) : cursor;
  return first ? first.key[1] : 0;
}

const coming = new WeakMap();

/**
 * Every entry that is not settled, whoever wrote it here; read once for all who ask before the reading begins, as one screen
 * asks for its list, its counts and its warnings at once. @returns {Promise<import("./phone.js").EntryRow[]>} newest first
 */
export function openEntries(store) {
  if (!coming.has(store)) {
    coming.set(store, Promise.resolve().then(() => {
      coming.delete(store);
      return readOpen(store);
    }));
  }
  return coming.get(store);
}

async function readOpen(store) {
  const transaction = store.db.transaction(ALL);
  const found = [];
  for (const device of await devicesOf(transaction)) found.push(...(await openOf(transaction, device)).rows);
  return found.filter((row) => !isSettled(row)).sort((a, b) => (sortKey(a) < sortKey(b) ? 1 : -1));
}

/** What lies beyond the settled part of a device's log, and what in it is still open. */
async function openOf(transaction, device) {
  const state = (await transaction.objectStore("meta").get(stateKey(device))) ?? null;
  const { through, open } = await settledOf(transaction, device, state?.epoch ?? null);
  const isFew = open.length <= FEW;
  const ranges = isFew ? [...open.map((entry) => only(device, entry)), from(device, through + 1)] : [from(device, open[0])];
  const rows = (await Promise.all(ranges.map((range) => rowsIn(transaction, device, range)))).flat();
  return { rows, state, last: Math.max(through, rows.at(-1)?.entry ?? 0) };
}

/** So few are read one by one. */
const FEW = 20;

/** Remember what need not be looked at again; whoever syncs does it after each pass. */
export async function settle(store) {
  for (const device of await devicesOf(store.db.transaction(ALL))) {
    await keepSettled(store, { device, ...(await openOf(store.db.transaction(ALL), device)) });
  }
}

/** @param {string} id @returns {Promise<import("./phone.js").EntryRow|null>} */
export async function findEntry(store, id) {
  const transaction = store.db.transaction(ALL);
  const key = await transaction.objectStore("log").index("by_record").getKey(id);
  return key ? (await rowsIn(transaction, key[0], only(...key)))[0] : null;
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
  const [rows, drafts] = await Promise.all([openEntries(store), store.db.count("drafts")]);
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
