/**
 * The device's two P-256 key pairs: ECDSA signs, ECDH receives secrets. Private keys are non-extractable and never leave IndexedDB.
 */
import { base64url, fromBase64url, fromHex, hex, utf8 } from "./digest.js";
import { canonical } from "./canonical.js";
import { PhoneError } from "./errors.js";

const CURVE = "P-256";
const ECDSA = { name: "ECDSA", hash: "SHA-256" };
const PENDING = "pending";

async function generate() {
  const [sign, agree] = await Promise.all([
    crypto.subtle.generateKey({ name: "ECDSA", namedCurve: CURVE }, false, ["sign", "verify"]),
    crypto.subtle.generateKey({ name: "ECDH", namedCurve: CURVE }, false, ["deriveBits"]),
  ]);
  return { sign, agree };
}

/** The pairs of an enrolment under way: the same after a lost answer, so that asking again is asking the same. */
export async function pendingKeys(store) {
  const kept = await store.db.get("keys", PENDING);
  if (kept) return kept;
  const made = await generate();
  await store.db.put("keys", made, PENDING);
  return made;
}

/** Give the pending pairs to a device, within the caller's transaction over `keys`. */
export async function claimKeys(transaction, device, pairs) {
  const keys = transaction.objectStore("keys");
  await keys.put(pairs, device);
  await keys.delete(PENDING);
}

const held = new WeakMap();

/** A device's keys never change, so they are read once. @param {string} device */
export async function keysOf(store, device) {
  const kept = held.get(store);
  if (kept?.device === device) return kept.pairs;
  const pairs = await store.db.get("keys", device);
  if (!pairs) throw new PhoneError("keys_missing", { device });
  held.set(store, { device, pairs });
  return pairs;
}

/** @param {CryptoKey} key @returns {Promise<JsonWebKey>} only the public members */
export async function publicJwk(key) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  return { kty, crv, x, y };
}

/** @param {CryptoKey} privateKey @param {Uint8Array} bytes @returns {Promise<string>} base64url of raw r‖s */
export async function sign(privateKey, bytes) {
  return base64url(await crypto.subtle.sign(ECDSA, privateKey, bytes));
}

/**
 * Is this what the server signed: `{…, hash, sig}`, hash over the rest?
 * @param {object} signed @param {JsonWebKey} serverKey @returns {Promise<boolean>} false for anything malformed
 */
export async function isSignedBy(signed, serverKey) {
  const { hash, sig, ...rest } = signed ?? {};
  if (typeof hash !== "string" || typeof sig !== "string" || !serverKey) return false;
  try {
    const digest = hex(await crypto.subtle.digest("SHA-256", utf8(canonical(rest))));
    if (digest !== hash) return false;
    const key = await crypto.subtle.importKey("jwk", serverKey, { name: "ECDSA", namedCurve: CURVE }, false, ["verify"]);
    return await crypto.subtle.verify(ECDSA, key, fromBase64url(sig), fromHex(hash));
  } catch {
    // Malformed base64, hex or key: not a signature of this server, which is the answer.
    return false;
  }
}
