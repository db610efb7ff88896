/**
 * What no screen can do: entries that are wrong on purpose, made on the phone itself with the phone's own key.
 * Bundled by the journeys and evaluated in the phone's page as `forge`.
 */
import { ulid } from "ulid";
import { announce } from "../../client/src/log/channel.js";
import { sha256Hex, fromHex, utf8 } from "../../client/src/log/digest.js";
import { ALGORITHMS, localTime, logDocument, seal } from "../../client/src/log/entry.js";
import { requireIdentity } from "../../client/src/log/identity.js";
import { openPhone } from "../../client/src/log/phone.js";
import { keysOf, sign } from "../../client/src/log/keys.js";
import { openStore, STRICT } from "../../client/src/log/store.js";

const CLOCK = { beacon: null, since_ms: null, skew_ms: 0 };

/** Append an entry as the app does, but for what `change` says; returns {id, entry, hash}. */
export async function append({ type = "lead", role = "volunteer", schema = 1, body, author, skip = 0, breakSignature = false, brokenText = false }) {
  const { store, identity, key } = await phone();
  const last = await lastRow(store, identity.device);
  const envelope = {
    device: identity.device, entry: (last?.entry ?? 0) + 1 + skip, id: `${type}:${ulid().toLowerCase()}`, type, schema,
    author: author ?? identity.member, role, at: localTime(), clock: CLOCK, prev: skip ? "0".repeat(64) : (last?.sealed.hash ?? null),
    parts: {}, app: "forge", body,
  };
  const sealed = brokenText ? await sealBroken(envelope, key) : await seal(envelope, key);
  if (breakSignature) sealed.sig = (sealed.sig[0] === "A" ? "B" : "A") + sealed.sig.slice(1);
  const row = { device: sealed.device, entry: sealed.entry, record: sealed.id, sealed, parts: {}, appended_at: localTime() };
  const transaction = store.db.transaction(["log"], "readwrite", STRICT);
  transaction.objectStore("log").add(row);
  await transaction.done;
  announce(store.name, { changed: "log" });
  announce(store.name, { ask: "sync" });
  return { id: sealed.id, entry: sealed.entry, hash: sealed.hash };
}

/** Send another entry of a number that is taken, as a phone restored from a copy of itself would. */
export async function fork({ entry, body }) {
  const { identity, key } = await phone();
  const envelope = {
    device: identity.device, entry, id: `lead:${ulid().toLowerCase()}`, type: "lead", schema: 1, author: identity.member,
    role: "volunteer", at: localTime(), clock: CLOCK, prev: entry === 1 ? null : "1".repeat(64), parts: {}, app: "forge", body,
  };
  const sealed = await seal(envelope, key);
  const answer = await fetch("/db/logs/_bulk_docs", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ docs: [logDocument({ device: sealed.device, entry: sealed.entry, sealed, parts: {} })] }),
  });
  return { id: sealed.id, hash: sealed.hash, status: answer.status, rows: await answer.json() };
}

/** Every entry of this phone's log, in order: [{entry, prev, hash}]. */
export async function chain() {
  const { store, identity } = await phone();
  const rows = await store.rowsOf("log", identity.device);
  return rows.map(({ sealed }) => ({ entry: sealed.entry, prev: sealed.prev, hash: sealed.hash }));
}

async function phone() {
  const store = await openStore("liandong");
  const identity = await requireIdentity(store);
  const keys = await keysOf(store, identity.device);
  return { store, identity, key: keys.sign.privateKey };
}

async function lastRow(store, device) {
  const rows = await store.rowsOf("log", device);
  return rows.at(-1) ?? null;
}

/** Text with half a character cannot be canonical; a page that forced it past the form would sign something like this. */
async function sealBroken(envelope, key) {
  const whole = { ...envelope, alg: ALGORITHMS };
  const hash = await sha256Hex(utf8(JSON.stringify(whole)));
  return { ...whole, hash, sig: await sign(key, fromHex(hash)) };
}

/** Append a lead through the phone's own door for records, as its form does. */
export async function appendLead({ domain, title, description }) {
  const one = await openPhone({ build: "forge" });
  const body = {
    domain, domain_version: 2024, title, description, observed_at: localTime(), place_text: "祝阿镇险工段", urgency: "normal", no_photo_reason: "测试",
  };
  return one.append({ id: `lead:${ulid().toLowerCase()}`, type: "lead", role: "volunteer", body });
}
