/**
 * When somebody who serves is asked for a word in between: at a moment within the stay that nobody knows before, from the hash of
 * the check-in, so that it is the same on every screen and needs no network (DOMAIN 5, rank 10). Pure.
 */
const MINUTE_MS = 60_000;
/** Not right after coming, and not when leaving is near. */
const QUIET_MS = 20 * MINUTE_MS;
const HASH_PART = 8;
const HASH_MOST = 0xffffffff;

/** @param {{hash?: string, at: string}} checkIn @param {number} endsMs @returns {number|null} epoch ms; null where the stay is too short or began elsewhere */
export function promptAtMs({ hash, at }, endsMs) {
  const first = Date.parse(at) + QUIET_MS;
  const last = endsMs - QUIET_MS;
  if (!hash || last <= first) return null;
  return Math.round(first + (last - first) * (Number.parseInt(hash.slice(0, HASH_PART), 16) / HASH_MOST));
}

/** @param {import("./stays.js").Stay & {endsMs: number, isOver: boolean}} stay @returns {{atMs: number, isDue: boolean}|null} null where none is to come */
export function promptOf(stay, nowMs) {
  const atMs = promptAtMs(stay.in, stay.endsMs);
  if (atMs === null || stay.isOver || stay.mids.some((event) => Date.parse(event.at) >= atMs)) return null;
  return { atMs, isDue: nowMs >= atMs && stay.break === null };
}
