/** Which entries to send, and in which batches. Pure. */
import { isCovered } from "./place.js";

export const BATCH_ROWS = 100;
export const BATCH_BYTES = 1_000_000;
/** The door took it, ingest has not spoken: after this long it is sent again, which the door answers as before. */
const TAKEN_IS_BELIEVED_MS = 120_000;
/** What the door would not take at all is offered again, but not on every pass. */
const NOT_TAKEN_RETRY_MS = 600_000;

/**
 * @param {{numbers: number[], state: {epoch: string, ack: object|null, through_before: number}|null,
 *   sent: {entry: number, epoch: string, at_ms: number, is_taken: boolean}[], nowMs: number}} known
 * @returns {number[]} entry numbers to send, ascending
 */
export function missingEntries({ numbers, state, sent, nowMs }) {
  const epoch = state?.epoch ?? null;
  const tried = new Map(sent.filter((row) => row.epoch === epoch).map((row) => [row.entry, row]));
  const floor = state && !state.ack ? state.through_before : 0;
  return numbers.filter((entry) => {
    if (isCovered(entry, state?.ack ?? null) || entry <= floor) return false;
    const last = tried.get(entry);
    if (!last) return true;
    const age = nowMs - last.at_ms;
    return age < 0 || age >= (last.is_taken ? TAKEN_IS_BELIEVED_MS : NOT_TAKEN_RETRY_MS);
  });
}

/** @param {{bytes: number}[]} rows @returns {object[][]} batches by count and bytes, order kept */
export function batches(rows) {
  const made = [];
  let size = Infinity;
  for (const row of rows) {
    if (size + row.bytes > BATCH_BYTES || made.at(-1)?.length >= BATCH_ROWS) {
      made.push([]);
      size = 0;
    }
    made.at(-1).push(row);
    size += row.bytes;
  }
  return made;
}
