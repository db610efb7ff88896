/**
 * Seal an entry: the envelope, the salted hashes of its erasable parts, its hash and its signature. Pure but for WebCrypto.
 */
import { canonical, canonicalEntry, checkSize, withoutUndefined } from "./canonical.js";
import { base64url, fromHex, sha256Hex, utf8 } from "./digest.js";
import { PhoneError } from "./errors.js";
import { sign } from "./keys.js";

export const ALGORITHMS = "SHA-256+ES256";
const SALT_BYTES = 18;

/** @param {string} device @param {number} entry */
export function logId(device, entry) {
  return `${device}:${String(entry).padStart(10, "0")}`;
}

/** RFC 3339 with the device's own offset and milliseconds. @param {Date} [moment] */
export function localTime(moment = new Date()) {
  const offsetMin = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + offsetMin * 60_000).toISOString().slice(0, -1);
  const two = (number) => String(Math.abs(number)).padStart(2, "0");
  const sign = offsetMin < 0 ? "-" : "+";
  return `${local}${sign}${two(Math.trunc(offsetMin / 60))}:${two(offsetMin % 60)}`;
}

/** @param {Object<string, unknown>} values @returns {Promise<{hashes: object, parts: object}>} */
export async function sealParts(values) {
  const hashes = {};
  const parts = {};
  for (const [name, raw] of Object.entries(values)) {
    const value = withoutUndefined(raw);
    const salt = base64url(crypto.getRandomValues(new Uint8Array(SALT_BYTES)));
    hashes[name] = await partHash(name, salt, value);
    parts[name] = { salt, value };
  }
  return { hashes, parts };
}

/** @throws {PhoneError} as canonical.js, with the path under `parts.<name>` */
export async function partHash(name, salt, value) {
  try {
    const bytes = utf8(canonical({ name, salt, value }));
    checkSize(bytes.length, "value");
    return await sha256Hex(bytes);
  } catch (error) {
    if (!(error instanceof PhoneError)) throw error;
    throw new PhoneError(error.code, error.params, `parts.${name}${error.path.slice("value".length)}`);
  }
}

/** @param {object} entry sealed or not @returns {Promise<string>} hash over everything but `hash` and `sig` */
export async function entryHash(entry) {
  const { hash: _hash, sig: _sig, ...envelope } = entry;
  return sha256Hex(canonicalEntry(envelope));
}

/**
 * @param {object} envelope all members but `alg`, `hash`, `sig` @param {CryptoKey} signingKey
 * @returns {Promise<object>} the entry as it goes into the log @throws {PhoneError} before signing
 */
export async function seal(envelope, signingKey) {
  const whole = { ...envelope, body: withoutUndefined(envelope.body), alg: ALGORITHMS };
  const hash = await entryHash(whole);
  return { ...whole, hash, sig: await sign(signingKey, fromHex(hash)) };
}

/** The document that the door takes. @param {import("./store.js").LogRow} row */
export function logDocument(row) {
  return { _id: logId(row.device, row.entry), entry: row.sealed, parts: row.parts };
}
