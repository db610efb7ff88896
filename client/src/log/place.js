/**
 * Where is an entry? Pure. "Received" is said only of an entry that the server judged accepted or admitted, and whose hash it named.
 */

const RECEIVED = new Set(["accepted", "admitted"]);
const NEEDS_YOU = new Set(["refused", "kept_out"]);

/** Is this entry's number among what has receipts at the centre? @param {{through: number, beyond: [number, number][]}|null} ack */
export function isCovered(entry, ack) {
  if (!ack) return false;
  return entry <= ack.through || (ack.beyond ?? []).some(([first, last]) => first <= entry && entry <= last);
}

/**
 * @param {{hash: string, entry: number, epoch: string|null, ack: object|null,
 *   verdict?: {hash: string, verdict: string, reasons?: object[], flags?: object[], number?: string, epoch: string},
 *   sent?: {epoch: string, is_taken: boolean}, refusal?: {epoch: string, reasons: object[]}}} known
 *   `verdict`, `sent` and `refusal` of another epoch than `epoch` count for nothing
 * @returns {import("./phone.js").Place}
 */
export function placeOf({ hash, entry, epoch, ack, verdict, sent, refusal }) {
  const judged = verdict && verdict.epoch === epoch ? verdict : null;
  if (judged) return judgedPlace(judged, hash);
  if (refusal && refusal.epoch === epoch) return place("needs_you", { reasons: refusal.reasons });
  const isThere = (sent && sent.epoch === epoch && sent.is_taken) || isCovered(entry, ack);
  return place(isThere ? "at_centre_checking" : "on_phone");
}

function judgedPlace(verdict, hash) {
  const { reasons = [], flags = [], number = null } = verdict;
  // The centre holds another entry under this number: this one is not there, whatever became of that one.
  if (verdict.hash && verdict.hash !== hash) return place("needs_you", { reasons: [{ code: "fork", params: {} }] });
  // Without a hash it holds bytes that it could not read as an entry: kept, and never received.
  if (verdict.hash && RECEIVED.has(verdict.verdict)) return place("received", { reasons, flags, number });
  if (NEEDS_YOU.has(verdict.verdict)) return place("needs_you", { reasons, flags });
  // Held, and verdicts that a newer server knows and this build does not.
  return place("at_centre_checking", { reasons, flags });
}

function place(where, { reasons = [], flags = [], number = null } = {}) {
  return { where, reasons, flags, number };
}
