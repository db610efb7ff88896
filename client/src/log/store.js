/**
 * The phone's own IndexedDB: log, media, drafts and what the server said about them. Schema and opening only.
 * Rows of `log` are never deleted; all that is ever rewritten is that a part was erased (erase.js).
 */
import { openDB } from "idb";
import { PhoneError } from "./errors.js";

const SCHEMA = 1;
const OPEN_TIMEOUT_MS = 5000;
const PROBE_TIMEOUT_MS = 3000;
const PROBE_KEY = "probe";

/** Log writes wait for the disk: costs about 40 % and is what "saved on this phone" means. */
export const STRICT = Object.freeze({ durability: "strict" });

/**
 * A device and a place in its log. Every store about entries has this key, so that a re-enrolled phone, whose
 * numbering starts again, cannot overwrite what its earlier device wrote.
 * @typedef {[string, number]} EntryKey
 * @typedef {{device: string, entry: number, record: string, sealed: object, parts: object, appended_at: string}} LogRow
 */

function upgrade(db) {
  db.createObjectStore("meta");
  db.createObjectStore("keys");
  const log = db.createObjectStore("log", { keyPath: ["device", "entry"] });
  // Unique: a draft submitted twice, by two tabs or after a crash, meets its own record here.
  log.createIndex("by_record", "record", { unique: true });
  for (const name of ["sent", "verdicts", "refusals"]) db.createObjectStore(name, { keyPath: ["device", "entry"] });
  db.createObjectStore("media", { keyPath: ["device", "entry", "number"] });
  db.createObjectStore("blobs", { keyPath: "photo" });
  db.createObjectStore("drafts", { keyPath: "id" });
}

/** @param {Promise<T>} promise @template T @returns {Promise<T>} */
function within(promise, timeoutMs, code) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new PhoneError(code, { timeout_ms: timeoutMs })), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export class Store {
  constructor(db, name, canStoreBlobs) {
    this.db = db;
    this.name = name;
    this.canStoreBlobs = canStoreBlobs;
  }

  /** @param {string} key */
  getMeta(key) {
    return this.db.get("meta", key);
  }

  setMeta(key, value) {
    return this.db.put("meta", value, key);
  }

  /** All rows of one device's entries in a store, in order. @param {string} storeName @param {string} device */
  rowsOf(storeName, device) {
    return this.db.getAll(storeName, IDBKeyRange.bound([device], [device, []]));
  }

  /** @param {string} device @returns {Promise<number[]>} entry numbers of the log, ascending, without loading the rows */
  async entryNumbers(device) {
    const keys = await this.db.getAllKeys("log", IDBKeyRange.bound([device], [device, []]));
    return keys.map(([, entry]) => entry);
  }

  close() {
    this.db.close();
  }
}

/** Can this browser keep a Blob? WebKit's private mode cannot, and PouchDB then hangs for ever. */
async function probeBlobs(db) {
  const write = async () => {
    await db.put("blobs", { photo: PROBE_KEY, bytes: new Blob(["probe"]) });
    const { bytes } = await db.get("blobs", PROBE_KEY);
    await db.delete("blobs", PROBE_KEY);
    return (await bytes.text()) === "probe";
  };
  return within(write(), PROBE_TIMEOUT_MS, "no_blobs").catch(() => false);
}

/** @param {string} name @returns {Promise<Store>} @throws {PhoneError} storage_failed */
export async function openStore(name) {
  let store = null;
  const opening = openDB(name, SCHEMA, {
    upgrade,
    // A newer build in another tab may upgrade; this one gives way and is reopened by its next page.
    blocking: () => store?.close(),
  });
  const db = await within(opening, OPEN_TIMEOUT_MS, "storage_failed").catch((error) => {
    throw error instanceof PhoneError ? error : new PhoneError("storage_failed", { message: String(error?.message ?? error) });
  });
  store = new Store(db, name, true);
  const known = await store.getMeta("can_store_blobs");
  store.canStoreBlobs = known ?? (await probeBlobs(db));
  if (known === undefined) await store.setMeta("can_store_blobs", store.canStoreBlobs);
  return store;
}
