/**
 * Requests to the server as this device: signs in by its key when the session is missing or over.
 * A 401, 403 or 404 wipes nothing here; only a signed order does (orders.js).
 */
import { PhoneError, SERVER_AWAY } from "./errors.js";
import { utf8 } from "./digest.js";
import { requireIdentity, setFlags } from "./identity.js";
import { keysOf, sign } from "./keys.js";

const TIMEOUT_MS = 30_000;
const SESSION_PREFIX = "liandong-session:";
const BUSY = new Set([429, 503]);

/** @returns {number|null} seconds, from a number or a date */
function retryAfterS(response) {
  const text = response.headers.get("Retry-After");
  if (!text) return null;
  const seconds = Number(text);
  return Number.isFinite(seconds) ? seconds : Math.max(0, Math.round((Date.parse(text) - Date.now()) / 1000)) || null;
}

/** @param {Response} response @returns {Promise<{error?: string, reason?: string}>} {} where the body is no JSON */
export async function errorOf(response) {
  return response.clone().json().catch(() => ({}));
}

/** @param {Response} response @returns {Promise<PhoneError>} what an unexpected answer means for the caller */
export async function asFailure(response) {
  const { error, reason } = await errorOf(response);
  if (BUSY.has(response.status)) return new PhoneError("busy", { retry_after_s: retryAfterS(response) });
  if (response.status === 401 && reason === "revoked") return new PhoneError("revoked");
  if (response.status === 401) return new PhoneError("sign_in_refused");
  if (response.status === 502 || response.status === 504) return new PhoneError(SERVER_AWAY, {});
  return new PhoneError("server_error", { status: response.status, error: error ?? "", reason: reason ?? "" });
}

/**
 * @param {{store: import("./store.js").Store, origin: string, fetch: typeof globalThis.fetch, build: string}} options
 */
export function createSession({ store, origin, fetch, build }) {
  let signingIn = null;

  /** One request, without signing in. @param {string} path @param {RequestInit & {json?: unknown, timeoutMs?: number}} [init] @throws {PhoneError} server_away */
  async function send(path, { json, timeoutMs = TIMEOUT_MS, ...init } = {}) {
    const headers = new Headers(init.headers);
    headers.set("Liandong-App", build);
    if (json !== undefined) headers.set("Content-Type", "application/json");
    const body = json === undefined ? init.body : JSON.stringify(json);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    const forward = () => abort.abort();
    init.signal?.addEventListener("abort", forward, { once: true });
    try {
      const options = { ...init, headers, body, credentials: "same-origin", cache: "no-store", signal: abort.signal };
      return await whole(await fetch(new URL(path, origin).href, options));
    } catch (error) {
      throw new PhoneError(SERVER_AWAY, { message: String(error?.message ?? error) });
    } finally {
      clearTimeout(timer);
      init.signal?.removeEventListener("abort", forward);
    }
  }

  async function post(path, json) {
    const response = await send(path, { method: "POST", json });
    if (!response.ok) throw await asFailure(response);
    return response.json();
  }

  async function signInNow() {
    const { device } = await requireIdentity(store);
    const { sign: pair } = await keysOf(store, device);
    const { challenge } = await post("/sync/challenge", { device });
    const sig = await sign(pair.privateKey, utf8(SESSION_PREFIX + challenge));
    await post("/sync/session", { device, challenge, sig });
  }

  /** Sign in by key; callers at once share one sign-in. @throws {PhoneError} sign_in_refused, not_enrolled, server_away, busy */
  function signIn() {
    signingIn ??= signInNow().finally(() => { signingIn = null; });
    return signingIn;
  }

  /** One request as this device; a session that is over is renewed once. @throws {PhoneError} revoked, sign_in_refused, server_away */
  async function request(path, init) {
    let response = await send(path, init);
    if (response.status !== 401) return response;
    if ((await errorOf(response)).reason !== "revoked") {
      await signIn();
      response = await send(path, init);
    }
    if (response.status !== 401) return response;
    const failure = await asFailure(response);
    if (failure.code === "revoked") await setFlags(store, { revoked: true });
    throw failure;
  }

  return { send, request, signIn, origin, build };
}

/** The answer with its body read: a connection cut within the body fails here, as a network failure. */
async function whole(response) {
  const hasBody = response.status !== 204 && response.status !== 304 && response.status !== 205;
  const bytes = await response.arrayBuffer();
  const { status, statusText, headers, url } = response;
  const copy = new Response(hasBody ? bytes : null, { status, statusText, headers });
  Object.defineProperty(copy, "url", { value: url });
  return copy;
}
