/**
 * Up to where the log needs no looking at: received, with nothing to send and nobody to tell. Kept per device, so that a screen
 * reads the few entries that are open and not the thousand that are not. It holds for one epoch, and any verdict about what it covers ends it.
 */
import { stateKey } from "./state_key.js";

/** @param {string} device */
const settledKey = (device) => `settled:${device}`;
const DONE = new Set(["verified", "gone"]);
const NOTHING = Object.freeze({ through: 0, open: [] });

/** @typedef {{epoch: string, through: number, open: number[]}} Settled `open`: entries up to `through` that are not settled */

/** Within the caller's transaction over `meta`. @returns {Promise<{through: number, open: number[]}>} */
export async function settledOf(transaction, device, epoch) {
  const kept = await transaction.objectStore("meta").get(settledKey(device));
  return kept && kept.epoch === epoch ? kept : NOTHING;
}

/** A verdict has come, within the transaction that keeps it. */
export async function endSettled(transaction, device, entries) {
  const meta = transaction.objectStore("meta");
  const kept = await meta.get(settledKey(device));
  if (kept && entries.some((entry) => entry <= kept.through)) await meta.delete(settledKey(device));
}

/** Is there nothing more to come of this entry, and nothing to say? @param {import("./phone.js").EntryRow} row */
export function isSettled({ place, media }) {
  return place.where === "received" && media.every((file) => DONE.has(file.state));
}

/**
 * Keep what was found, unless something was said meanwhile.
 * @param {{device: string, state: object|null, rows: import("./phone.js").EntryRow[], last: number}} found all open rows, and the log's last entry
 */
export async function keepSettled(store, { device, state, rows, last }) {
  if (!state || last === 0) return;
  const transaction = store.db.transaction("meta", "readwrite");
  const now = await transaction.store.get(stateKey(device));
  if (now?.epoch === state.epoch && now.cursor === state.cursor) {
    const open = rows.filter((row) => !isSettled(row)).map((row) => row.entry);
    transaction.store.put({ epoch: state.epoch, through: last, open }, settledKey(device));
  }
  await transaction.done;
}
