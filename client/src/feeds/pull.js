/**
 * Pull the feeds whose version changed. The checkpoint stands in the local database alone, so that a restored server is never skipped;
 * a new epoch is pulled into a fresh database, swapped in when whole, and the old one destroyed.
 */
import { announce } from "../log/channel.js";
import { asPhoneError, PhoneError } from "../log/errors.js";
import { loadState } from "../log/state.js";
import { digestKey, digestOf, OWN_TYPES } from "./digest.js";
import { destroyLocal, dropHandle, openLocal, openRemote, viewsOf } from "./local.js";
import { feedsToPull, partsOf } from "./plan.js";

const BATCH_SIZE = 500;
/** The feeds that hold a member's own records. */
const OWN = "member-";

/** @returns {Promise<Object<string, {database: string, version: unknown}>>} by audience */
export async function loadPulled(store) {
  return (await store.getMeta("feeds")) ?? {};
}

/**
 * @returns {Promise<{pulled: number, failure: PhoneError|null}>} the first failure; the other feeds are pulled all the same
 */
export async function pullFeeds(store, session) {
  const state = await loadState(store);
  const plan = feedsToPull(state?.feeds ?? {}, await loadPulled(store));
  const result = { pulled: 0, failure: null };
  for (const feed of plan) {
    try {
      await pullOne(store, session, feed);
      result.pulled += 1;
    } catch (error) {
      result.failure ??= asPhoneError(error);
      if (["server_away", "busy"].includes(result.failure.code)) break;
    }
  }
  await destroyStale(store);
  return result;
}

async function pullOne(store, session, { audience, database, version, replaces }) {
  const local = openLocal(store, database);
  const { remote, failure } = openRemote(session, database);
  try {
    // No filter: PouchDB hashes its text into the replication id, and another build would begin at 0.
    const done = await local.replicate.from(remote, { batch_size: BATCH_SIZE, checkpoint: "target" });
    if (!done.ok || done.doc_write_failures > 0) throw new PhoneError("feed_incomplete", { feed: audience });
  } catch (error) {
    dropHandle(store, database);
    throw failure() ?? (error instanceof PhoneError ? error : pullFailure(error, audience));
  } finally {
    await remote.close();
  }
  const digest = audience.startsWith(OWN) ? await digestFor(local) : null;
  await swapIn(store, audience, { database, version }, replaces, digest);
  announce(store.name, { changed: "feeds" });
}

function pullFailure(error, feed) {
  if (error?.status === 429 || error?.status === 503) return new PhoneError("busy", { retry_after_s: null });
  if (error?.status === 401) return new PhoneError("sign_in_refused");
  if (error?.name === "QuotaExceededError") return new PhoneError("storage_full");
  return new PhoneError("feed_failed", { feed, status: error?.status ?? null, message: String(error?.reason ?? error?.message ?? error) });
}

async function digestFor(local) {
  const views = await Promise.all(OWN_TYPES.map((type) => viewsOf(local, type)));
  return digestOf(views.flat());
}

/** In one transaction with the note of what to destroy: a crash leaves neither a half feed nor a forgotten one. */
async function swapIn(store, audience, feed, replaces, digest) {
  const transaction = store.db.transaction("meta", "readwrite");
  const feeds = (await transaction.store.get("feeds")) ?? {};
  transaction.store.put({ ...feeds, [audience]: feed }, "feeds");
  if (digest) transaction.store.put(digest, digestKey(feed.database));
  if (replaces) {
    const stale = (await transaction.store.get("feeds_stale")) ?? [];
    transaction.store.put([...new Set([...stale, replaces])], "feeds_stale");
  }
  await transaction.done;
}

/** Finish destroying what was swapped out, wiped or signed out of, also after a crash. */
export async function destroyStale(store) {
  const stale = (await store.getMeta("feeds_stale")) ?? [];
  for (const database of stale) {
    await store.db.delete("meta", digestKey(database));
    await destroyLocal(store, database);
  }
  if (stale.length) await store.setMeta("feeds_stale", []);
}

/**
 * Destroy local feeds, on a server-signed order or at sign-out; never because of an answer like 401, 403 or 404.
 * @param {string[]} names audiences or databases; `["*"]` all
 */
export async function wipeFeeds(store, names) {
  const transaction = store.db.transaction("meta", "readwrite");
  const feeds = (await transaction.store.get("feeds")) ?? {};
  const stale = (await transaction.store.get("feeds_stale")) ?? [];
  const isNamed = (audience) => names.includes("*") || names.includes(audience) || names.some((name) => partsOf(name)?.audience === audience);
  const gone = Object.keys(feeds).filter(isNamed);
  const kept = Object.fromEntries(Object.entries(feeds).filter(([audience]) => !gone.includes(audience)));
  transaction.store.put(kept, "feeds");
  transaction.store.put([...new Set([...stale, ...gone.map((audience) => feeds[audience].database)])], "feeds_stale");
  await transaction.done;
  announce(store.name, { changed: "feeds" });
  await destroyStale(store);
}
