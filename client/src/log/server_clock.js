/**
 * The server's signed time. The next entry names the last beacon, so it was made after it: a bound that no clock can fake.
 */
import { isSignedBy } from "./keys.js";

/** Monotonic within a browser session; after a restart as good as the wall clock, so the server only estimates with it. */
const monotonicMs = () => performance.timeOrigin + performance.now();

/**
 * Keep a beacon. @param {{at: string, epoch: string, hash: string, sig: string}|undefined} beacon @param {JsonWebKey} serverKey
 * @returns {Promise<boolean>} false, and nothing kept, when the signature is not the server's
 */
export async function keepBeacon(store, beacon, serverKey) {
  if (!beacon || !(await isSignedBy(beacon, serverKey))) return false;
  const serverMs = Date.parse(beacon.at);
  const skewMs = Math.round(Date.now() - serverMs);
  await store.setMeta("beacon", { ...beacon, received_ms: monotonicMs(), skew_ms: skewMs });
  return true;
}

/** The `clock` of an entry made now. @param {object|undefined} beacon the last one kept. `skew_ms` = device clock minus server clock at the last beacon; 0 before the first. */
export function clockAfter(beacon) {
  if (!beacon) return { beacon: null, since_ms: null, skew_ms: 0 };
  const sinceMs = Math.round(monotonicMs() - beacon.received_ms);
  return { beacon: beacon.hash, since_ms: sinceMs >= 0 ? sinceMs : null, skew_ms: beacon.skew_ms };
}
