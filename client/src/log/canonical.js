/**
 * RFC 8785 canonical JSON, and what is refused before anything is signed: what the server could not hash alike or
 * PouchDB would silently lose. Cases shared with the server: tests/cases/entries.json.
 */
import canonicalize from "canonicalize";
import { PhoneError } from "./errors.js";
import { utf8 } from "./digest.js";

export const MAX_CANONICAL_BYTES = 65_536;
export const MAX_NESTING = 32;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const NUMBER_BOUND = 2 ** 53;
const RESERVED_PREFIX = "_";
// The limit is on the whole entry; it must be known before there is a hash (64 hex) and a signature (86 characters).
const HASH_AND_SIGNATURE_BYTES = '"hash":"",'.length + 64 + '"sig":"",'.length + 86;

/** @param {string} text @returns {boolean} */
export function isWellFormed(text) {
  return typeof text.isWellFormed === "function" ? text.isWellFormed() : !LONE_SURROGATE.test(text);
}

function checkText(text, path) {
  if (!isWellFormed(text)) throw new PhoneError("text_broken", {}, path);
}

function checkKey(key, path) {
  if (key === "__proto__") throw new PhoneError("forbidden_key", { key }, path);
  checkText(key, path);
}

/** `depth` counts the containers around the value, itself included. */
function check(value, path, depth) {
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "string") return checkText(value, path);
  if (typeof value === "number") {
    // Decimals at and above 2^53 do not exist; integers there are not safe.
    if (!(Math.abs(value) < NUMBER_BOUND)) throw new PhoneError("number_out_of_range", {}, path);
    return;
  }
  if (typeof value !== "object" || !(Array.isArray(value) || isPlain(value))) throw new PhoneError("not_json", {}, path);
  if (depth > MAX_NESTING) throw new PhoneError("too_deep", { max: MAX_NESTING }, path);
  for (const key of Object.keys(value)) {
    const inner = path ? `${path}.${key}` : key;
    checkKey(key, inner);
    check(value[key], inner, depth + 1);
  }
}

function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * @param {unknown} value @returns {string} RFC 8785 text
 * @throws {PhoneError} text_broken, forbidden_key, too_deep, number_out_of_range, not_json, with the path of the member refused
 */
export function canonical(value) {
  check(value, "", 1);
  return canonicalize(value);
}

/**
 * @param {{body: object}} envelope entry without `hash` and `sig`
 * @returns {Uint8Array} the bytes that are hashed
 * @throws {PhoneError} as canonical, and reserved_member, too_large
 */
export function canonicalEntry(envelope) {
  const bytes = utf8(canonical(envelope));
  const reserved = Object.keys(envelope.body).find((key) => key.startsWith(RESERVED_PREFIX));
  if (reserved) throw new PhoneError("reserved_member", { prefix: RESERVED_PREFIX }, `body.${reserved}`);
  checkSize(bytes.length + HASH_AND_SIGNATURE_BYTES, "");
  return bytes;
}

/** @param {number} sizeBytes of canonical text @param {string} path @throws {PhoneError} too_large */
export function checkSize(sizeBytes, path) {
  if (sizeBytes > MAX_CANONICAL_BYTES) {
    throw new PhoneError("too_large", { size_bytes: sizeBytes, max_bytes: MAX_CANONICAL_BYTES }, path);
  }
}

/** Copy without the members that JSON leaves out (undefined), so that what is hashed is what is stored. */
export function withoutUndefined(value) {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== "object" || !isPlain(value)) return value;
  const copy = Object.create(null);
  for (const key of Object.keys(value)) if (value[key] !== undefined) copy[key] = withoutUndefined(value[key]);
  return copy;
}
