/**
 * Drafts and their photos, kept as they are typed: a crash loses nothing. A draft has its record's id from the beginning,
 * so that it cannot be submitted twice.
 */
import { ulid } from "ulid";
import { announce } from "./channel.js";
import { localTime } from "./entry.js";
import { asPhoneError, PhoneError } from "./errors.js";
import { sha256Hex } from "./digest.js";
import { STRICT } from "./store.js";

export const MAX_PHOTOS = 9;
export const MAX_CLIPS = 1;

/** @param {Blob} blob @param {boolean} canStoreBlobs @returns {Promise<Blob|ArrayBuffer>} what IndexedDB here can keep */
export async function keepable(blob, canStoreBlobs) {
  return canStoreBlobs ? blob : blob.arrayBuffer();
}

/** @returns {Promise<Blob|null>} null when the bytes are not on this phone */
export async function loadPhoto(store, photo, type) {
  const row = await store.db.get("blobs", photo);
  if (!row) return null;
  return row.bytes instanceof Blob ? row.bytes : new Blob([row.bytes], { type });
}

/** A file of a draft is a photo, or its one clip. @param {{type: string}} file */
export const isClip = ({ type }) => type.startsWith("video/");

function refuseTooMany(kept, added) {
  const alike = kept.filter((file) => isClip(file) === isClip(added)).length;
  if (isClip(added) && alike >= MAX_CLIPS) throw new PhoneError("clip_too_many", {}, "media");
  if (!isClip(added) && alike >= MAX_PHOTOS) throw new PhoneError("photo_too_many", { max: MAX_PHOTOS }, "media");
}

export function createDrafts(store) {
  const changed = () => announce(store.name, { changed: "drafts" });

  /** @param {string} type @param {Object<string, unknown>} [fields] @returns {Promise<import("./phone.js").Draft>} */
  async function begin(type, fields = {}) {
    const now = localTime();
    const draft = { id: `${type}:${ulid().toLowerCase()}`, type, fields, photos: [], begun_at: now, saved_at: now };
    await store.db.add("drafts", draft);
    changed();
    return draft;
  }

  /** Change one draft in one transaction, so that the form and the camera cannot undo each other. */
  async function change(id, alter, blobs = []) {
    const transaction = store.db.transaction(["drafts", "blobs"], "readwrite", STRICT);
    // Awaited at the end: a failed request aborts the transaction, and that is thrown there.
    const done = transaction.done.catch((error) => { throw asPhoneError(error); });
    const draft = await transaction.objectStore("drafts").get(id);
    if (!draft) {
      await done;
      throw new PhoneError("draft_missing", { id });
    }
    const next = { ...alter(draft), saved_at: localTime() };
    const writes = [transaction.objectStore("drafts").put(next), ...blobs.map((row) => transaction.objectStore("blobs").put(row))];
    writes.forEach((request) => request.catch(() => {}));
    await done;
    changed();
    return next;
  }

  /** Merge what was typed. @param {string} id @param {Object<string, unknown>} fields @returns {Promise<import("./phone.js").Draft>} */
  const save = (id, fields) => change(id, (draft) => ({ ...draft, fields: { ...draft.fields, ...fields } }));

  /**
   * Add a photo with the bytes that will be sent; its hash is taken here.
   * @param {string} id @param {Blob} blob @param {{type?: string, taken_at?: string, position?: import("./phone.js").Position, original?: {sha256: string, size: number}, duration_s?: number}} [meta]
   *   a `type` of video makes it the clip
   * @throws {PhoneError} photo_too_many, clip_too_many, draft_missing, storage_full
   */
  async function addPhoto(id, blob, meta = {}) {
    const photo = ulid().toLowerCase();
    const sha256 = await sha256Hex(await blob.arrayBuffer());
    const bytes = await keepable(blob, store.canStoreBlobs);
    const listed = { photo, sha256, size: blob.size, type: meta.type ?? blob.type, taken_at: meta.taken_at ?? localTime(), position: meta.position, original: meta.original, duration_s: meta.duration_s };
    const alter = (draft) => {
      refuseTooMany(draft.photos, listed);
      return { ...draft, photos: [...draft.photos, listed] };
    };
    return change(id, alter, [{ photo, bytes }]);
  }

  /** @param {string} id @param {string} photo */
  async function removePhoto(id, photo) {
    const next = await change(id, (draft) => ({ ...draft, photos: draft.photos.filter((kept) => kept.photo !== photo) }));
    await store.db.delete("blobs", photo);
    return next;
  }

  /** Throw a draft away, on the person's word. @param {string} id */
  async function discard(id) {
    const transaction = store.db.transaction(["drafts", "blobs"], "readwrite");
    const draft = await transaction.objectStore("drafts").get(id);
    for (const { photo } of draft?.photos ?? []) await transaction.objectStore("blobs").delete(photo);
    await transaction.objectStore("drafts").delete(id);
    await transaction.done;
    changed();
  }

  return {
    begin, save, addPhoto, removePhoto, discard,
    /** @param {string} id @returns {Promise<import("./phone.js").Draft|null>} */
    get: async (id) => (await store.db.get("drafts", id)) ?? null,
    /** Newest first. @returns {Promise<import("./phone.js").Draft[]>} */
    list: async () => (await store.db.getAll("drafts")).sort((a, b) => (a.saved_at < b.saved_at ? 1 : -1)),
    /** @param {string} photo @returns {Promise<Blob|null>} */
    photoBlob: (photo) => loadPhoto(store, photo, ""),
  };
}
