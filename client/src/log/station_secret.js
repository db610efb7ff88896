/**
 * The secret of a station's rotating code: it comes sealed to this tablet's key by a signed order, and becomes a key that signs and cannot
 * be read, by this script or any other. No text of it is ever made.
 */
import { fromBase64url, utf8 } from "./digest.js";
import { requireIdentity } from "./identity.js";
import { isSignedBy, keysOf } from "./keys.js";
import { loadState } from "./state.js";

export const PERIOD_MS = 60_000;
const DIGITS = 6;
const SEALED_ABOUT = "liandong station secret";
const KEPT = "station_secret";
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/** @typedef {{station: string, number: number, order: string, key: CryptoKey}} StationSecret */

/** @param {import("./store.js").Store} store @returns {Promise<StationSecret|null>} the one last ordered; null before the first came */
export async function stationSecret(store) {
  const identity = await requireIdentity(store);
  const [state, kept] = await Promise.all([loadState(store, identity.device), store.db.get("keys", KEPT)]);
  const order = (state?.orders ?? []).findLast(({ kind, device }) => kind === "new_secret" && device === identity.device);
  if (!order || order.id === kept?.order) return kept ?? null;
  if (!(await isSignedBy(order, identity.server_key))) return kept ?? null;
  const secret = { station: order.station, number: order.number, order: order.id, key: await opened(store, order) };
  await store.db.put("keys", secret, KEPT);
  return secret;
}

/** ECDH, HKDF, AES-GCM; unwrapped straight into a key. */
async function opened(store, { device, station, number, sealed }) {
  const { agree } = await keysOf(store, device);
  const about = utf8(`${SEALED_ABOUT}\0${device}\0${station}\0${number}`);
  const once = await crypto.subtle.importKey("jwk", sealed.key, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: once }, agree.privateKey, 256);
  const material = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: about };
  const wrapping = await crypto.subtle.deriveKey(hkdf, material, { name: "AES-GCM", length: 256 }, false, ["unwrapKey"]);
  const gcm = { name: "AES-GCM", iv: fromBase64url(sealed.nonce), additionalData: about };
  return crypto.subtle.unwrapKey("raw", fromBase64url(sealed.text), wrapping, gcm, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** @param {CryptoKey} key @param {number} atMs by the server's clock @returns {Promise<string>} the six digits of that minute (server/records/station_code.py) */
export async function codeAt(key, atMs) {
  const period = new DataView(new ArrayBuffer(8));
  period.setBigInt64(0, BigInt(Math.floor(atMs / PERIOD_MS)));
  const digest = new DataView(await crypto.subtle.sign("HMAC", key, period));
  return String(digest.getBigUint64(0) % 10n ** BigInt(DIGITS)).padStart(DIGITS, "0");
}

/** This tablet's clock, set right by what it knew of the server's. @param {import("./store.js").Store} store */
export async function serverNowMs(store) {
  return Date.now() - ((await store.getMeta("beacon"))?.skew_ms ?? 0);
}

/** @param {import("./store.js").Store} store @returns {Promise<string|null>} hash of the last entry that this tablet wrote */
export async function chainHead(store) {
  const { device } = await requireIdentity(store);
  const cursor = await store.db.transaction("log").store.openCursor(IDBKeyRange.bound([device], [device, []]), "prev");
  return cursor?.value.sealed.hash ?? null;
}
