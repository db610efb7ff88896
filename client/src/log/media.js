/** Photos of submitted entries: what waits to be sent, their bytes, and when those may leave the phone. */
import { ulid } from "ulid";
import { announce } from "./channel.js";
import { keepable, loadPhoto } from "./drafts.js";
import { sha256Hex } from "./digest.js";
import { asPhoneError } from "./errors.js";
import { loadIdentity } from "./identity.js";
import { mayFreeBytes } from "./media_state.js";
import { isCovered } from "./place.js";
import { loadState } from "./state.js";
import { STRICT } from "./store.js";

const TO_SEND = new Set(["queued", "sending"]);

/** What the app may ask about photos. */
export function createMedia(store) {
  const rowsOf = async (recordId) => {
    const [row, identity] = await Promise.all([store.db.getFromIndex("log", "by_record", recordId), loadIdentity(store)]);
    return row && row.sealed.author === identity?.member ? store.db.getAll("media", IDBKeyRange.bound([row.device, row.entry], [row.device, row.entry, []])) : [];
  };
  return {
    /** @param {string} recordId @returns {Promise<import("./phone.js").MediaRow[]>} */
    list: rowsOf,
    /**
     * Keep a picture that a form brought, to be named by the entry that follows. What no entry named within a day goes with the next one that is kept.
     * @param {Blob} blob @param {{type: string, taken_at: string}} meta @returns {Promise<import("./phone.js").DraftPhoto>} @throws {PhoneError} storage_full
     */
    keep: (blob, meta) => keepLoose(store, blob, meta),
    /** @param {string} recordId @param {number} number 1-based @returns {Promise<Blob|null>} */
    async blob(recordId, number) {
      const file = (await rowsOf(recordId)).find((row) => row.number === number);
      return file ? loadPhoto(store, file.photo, file.type) : null;
    },
  };
}

const LOOSE = "loose_pictures";
const LOOSE_FOR_MS = 24 * 60 * 60_000;

async function keepLoose(store, blob, meta) {
  const photo = ulid().toLowerCase();
  const sha256 = await sha256Hex(await blob.arrayBuffer());
  const bytes = await keepable(blob, store.canStoreBlobs);
  const named = new Set((await store.db.getAll("media")).map((row) => row.photo));
  try {
    const transaction = store.db.transaction(["blobs", "meta"], "readwrite", STRICT);
    const loose = (await transaction.objectStore("meta").get(LOOSE)) ?? [];
    const isOld = ({ kept_ms: keptMs }) => Date.now() - keptMs > LOOSE_FOR_MS;
    for (const row of loose) if (isOld(row) && !named.has(row.photo)) transaction.objectStore("blobs").delete(row.photo);
    transaction.objectStore("blobs").put({ photo, bytes });
    transaction.objectStore("meta").put([...loose.filter((row) => !isOld(row)), { photo, kept_ms: Date.now() }], LOOSE);
    await transaction.done;
  } catch (error) {
    throw asPhoneError(error);
  }
  return { photo, sha256, size: blob.size, ...meta };
}

/** Photos to upload now, in order: only those whose entry the door already has. @param {string} device */
export async function mediaToSend(store, device) {
  const [media, sent, state] = await Promise.all([store.rowsOf("media", device), store.rowsOf("sent", device), loadState(store, device)]);
  const taken = new Set(sent.filter((row) => row.epoch === state?.epoch && row.is_taken).map((row) => row.entry));
  return media.filter((row) => TO_SEND.has(row.state) && row.is_here && (taken.has(row.entry) || isCovered(row.entry, state?.ack ?? null)));
}

/** @param {object} row @param {object} changes @returns {Promise<object>} the row as it is now kept */
export async function changeMedia(store, { device, entry, number }, changes) {
  const transaction = store.db.transaction("media", "readwrite");
  const kept = await transaction.store.get([device, entry, number]);
  // A verdict may have come meanwhile: what is verified is never made less.
  const next = kept.state === "verified" ? kept : { ...kept, ...changes };
  await transaction.store.put(next);
  await transaction.done;
  announce(store.name, { changed: "media" });
  return next;
}

/** Free the bytes that may leave. @param {string} device @returns {Promise<number>} how many files were freed */
export async function freeBytes(store, device) {
  const state = await loadState(store, device);
  const free = (await store.rowsOf("media", device)).filter((row) => mayFreeBytes(row, state?.ack ?? null));
  for (const row of free) {
    const transaction = store.db.transaction(["media", "blobs"], "readwrite");
    await transaction.objectStore("blobs").delete(row.photo);
    await transaction.objectStore("media").put({ ...row, is_here: false });
    await transaction.done;
  }
  if (free.length) announce(store.name, { changed: "media" });
  return free.length;
}
