/** How long to wait before asking a server again that was away or busy. Pure. */

const FIRST_MS = 2000;
/** While somebody looks at the phone; a server that comes back is met within half a minute, and `online` asks at once. */
const LONGEST_MS = 30_000;

/**
 * @param {number} failures in a row, from 1 @param {number|null} retryAfterS what the server asked for @param {number} chance in [0, 1)
 * @returns {number} ms: doubled each time, with jitter so that phones do not come back together; never sooner than asked
 */
export function backoffMs(failures, retryAfterS, chance) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  const asked = (retryAfterS ?? 0) * 1000;
  return Math.round(Math.max(asked, ceiling / 2) + (chance * ceiling) / 2);
}
