/**
 * Who acts at a shared tablet: everybody begins by a code of their own from the office, then acts by a PIN. What proves a PIN stays on this
 * tablet and opens nothing elsewhere; whose grant has ended, as the server last said, acts no more.
 */
import { announce } from "./channel.js";
import { hex, utf8 } from "./digest.js";
import { PhoneError } from "./errors.js";
import { requireIdentity } from "./identity.js";
import { isSignedBy } from "./keys.js";
import { oneAtATime } from "./lock.js";
import { asFailure } from "./session.js";
import { fetchState, loadState } from "./state.js";
import { STRICT } from "./store.js";

export const PIN = /^[0-9]{6}$/;
export const IDLE_MS = 120_000;
/** Slow on purpose, some tenths of a second on a tablet. */
const ROUNDS = 300_000;
const SALT_BYTES = 16;
/** So many wrong ones are no reason to wait; then longer and longer, and at the last it is a new code's business. */
const FREE_TRIES = 3;
const MOST_TRIES = 10;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const BEGUN_FOR_MS = 10 * 60_000;
const MARK = "pin_mark";

/** @typedef {{member: string, display_name: string, has_pin: boolean}} Operator */

/** @param {import("./phone.js").Phone} phone @returns {Promise<Operator[]>} who may act here, as the server last said; the last one who acted first */
export async function operators({ store }) {
  await obeyResets(store);
  const [state, kept, acting] = await Promise.all([loadState(store), store.getMeta("operators"), store.getMeta("acting")]);
  const named = state?.station?.operators ?? [];
  const found = named.map(({ member, display_name }) => ({ member, display_name, has_pin: Boolean(kept?.[member]) }));
  return found.sort((a, b) => Number(b.member === acting?.member) - Number(a.member === acting?.member));
}

/** Use a code from the office. @returns {Promise<{member: string, display_name: string}>} who may now choose a PIN @throws {PhoneError} code_refused, too_many_tries, server_away */
export async function begin({ store, session }, code) {
  const response = await session.request("/sync/operator", { method: "POST", json: { code } });
  if (response.status === 403) throw new PhoneError("code_refused", {}, "code");
  if (response.status === 429) throw new PhoneError("too_many_tries", {}, "code");
  if (!response.ok) throw await asFailure(response);
  const person = await response.json();
  // An order to forget an earlier PIN is carried out before a new one is chosen.
  await fetchState(store, session);
  await obeyResets(store);
  await store.setMeta("beginning", { ...person, at_ms: Date.now() });
  return person;
}

/** @returns {Promise<{member: string, display_name: string}|null>} who has just used a code, and has no PIN for it yet */
export async function beginning({ store }) {
  const kept = await store.getMeta("beginning");
  return kept && Math.abs(Date.now() - kept.at_ms) < BEGUN_FOR_MS ? kept : null;
}

/** @throws {PhoneError} pin_not_begun, pin_digits, pin_too_plain */
export async function choosePin(phone, pin) {
  const { store } = phone;
  const person = await beginning(phone);
  if (!person) throw new PhoneError("pin_not_begun", {}, "pin");
  if (!PIN.test(pin)) throw new PhoneError("pin_digits", {}, "pin");
  if (isPlain(pin)) throw new PhoneError("pin_too_plain", {}, "pin");
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const mark = await marked(store, pin, salt, ROUNDS);
  await change(store, (all) => ({ ...all, [person.member]: { salt, rounds: ROUNDS, mark, fails: 0, next_ms: 0 } }));
  await store.db.delete("meta", "beginning");
  await open(phone, person.member);
}

/** One digit over and over, or one after the other: what a passer-by tries first. */
function isPlain(pin) {
  const steps = new Set([...pin].slice(1).map((digit, index) => (Number(digit) - Number(pin[index]) + 10) % 10));
  return steps.size === 1 && [0, 1, 9].includes([...steps][0]);
}

/**
 * Is this the person's PIN? A try is counted before it is looked at, so that many at once are no way round.
 * @throws {PhoneError} pin_unknown, pin_wrong {left}, pin_wait {seconds}, pin_blocked
 */
export function verifyPin(phone, member, pin) {
  const { store } = phone;
  return oneAtATime(store, "pin", async () => {
    if (!(await operators(phone)).some((each) => each.member === member && each.has_pin)) throw new PhoneError("pin_unknown", {}, "pin");
    const { salt, rounds, mark, fails, next_ms: nextMs } = (await store.getMeta("operators"))[member];
    if (fails >= MOST_TRIES) throw new PhoneError("pin_blocked", {}, "pin");
    // A clock put back makes nobody wait longer than the longest wait.
    const waitMs = Math.min(nextMs - Date.now(), waitAfter(fails));
    if (waitMs > 0) throw new PhoneError("pin_wait", { seconds: Math.ceil(waitMs / 1000) }, "pin");
    await note(store, member, { fails: fails + 1, next_ms: Date.now() + waitAfter(fails + 1) });
    if (!PIN.test(pin) || (await marked(store, pin, salt, rounds)) !== mark) {
      throw new PhoneError(fails + 1 >= MOST_TRIES ? "pin_blocked" : "pin_wrong", { left: MOST_TRIES - fails - 1 }, "pin");
    }
    await note(store, member, { fails: 0, next_ms: 0 });
  });
}

const waitAfter = (fails) => (fails < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (fails - FREE_TRIES), LONGEST_WAIT_MS));

/** Seal entries as this person, whose PIN it asks for before any is made. @param {() => Promise<object[]>|object[]} drafts @see Phone.append */
export async function act(phone, member, pin, drafts) {
  if (!member) throw new PhoneError("pin_who", {}, "member");
  await verifyPin(phone, member, pin);
  for (const draft of await drafts()) await phone.append({ ...draft, author: member, role: "supervisor" });
  await open(phone, member);
}

/** @returns {Promise<Operator|null>} for whom the tablet stands open now */
export async function acting(phone) {
  const kept = await phone.store.getMeta("acting");
  const idleMs = Date.now() - (kept?.seen_ms ?? 0);
  if (!kept?.seen_ms || idleMs > IDLE_MS || idleMs < -IDLE_MS) return null;
  return (await operators(phone)).find((each) => each.member === kept.member && each.has_pin) ?? null;
}

/** The tablet stands open for this person, from now on until nobody has touched it for two minutes. */
export function open({ store }, member) {
  return store.setMeta("acting", { member, seen_ms: Date.now() });
}

/** Somebody is here: stay open, if it is open. */
export async function awake(phone) {
  const person = await acting(phone);
  if (person) await open(phone, person.member);
}

/** Remembered is only who was here last. */
export async function lock({ store }) {
  const kept = await store.getMeta("acting");
  if (kept) await store.setMeta("acting", { member: kept.member, seen_ms: 0 });
}

/** Forget PINs that a signed order names, once each. */
async function obeyResets(store) {
  const [identity, state, done] = await Promise.all([requireIdentity(store), loadState(store), store.getMeta("resets_done")]);
  const asked = (state?.orders ?? []).filter(({ kind, id, device }) => kind === "reset_pin" && device === identity.device && !(done ?? []).includes(id));
  for (const order of asked) {
    if (!(await isSignedBy(order, identity.server_key))) continue;
    await change(store, ({ [order.member]: _gone, ...others }) => others);
    await store.setMeta("resets_done", [...((await store.getMeta("resets_done")) ?? []), order.id]);
    announce(store.name, { changed: "state" });
  }
}

const note = (store, member, changes) => change(store, (all) => ({ ...all, [member]: { ...all[member], ...changes } }));

async function change(store, alter) {
  const transaction = store.db.transaction("meta", "readwrite", STRICT);
  await transaction.store.put(alter((await transaction.store.get("operators")) ?? {}), "operators");
  await transaction.done;
}

/** Many rounds, then a key that cannot leave this browser: what is stored says nothing to who has only a copy of it. */
async function marked(store, pin, salt, rounds) {
  const material = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, material, 256);
  return hex(await crypto.subtle.sign("HMAC", await markKey(store), bits));
}

async function markKey(store) {
  const kept = await store.db.get("keys", MARK);
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await store.db.put("keys", made, MARK);
  return made;
}
