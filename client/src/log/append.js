/**
 * Append to the log: one entry, one place, durably. Nothing here overwrites or deletes a row.
 */
import { announce } from "./channel.js";
import { localTime, seal, sealParts } from "./entry.js";
import { asPhoneError } from "./errors.js";
import { requireIdentity } from "./identity.js";
import { keysOf } from "./keys.js";
import { oneAtATime } from "./lock.js";
import { clockAfter } from "./server_clock.js";
import { STRICT } from "./store.js";

const SCHEMA = 1;

/** @param {import("./phone.js").DraftPhoto[]} photos @returns {object[]} `body.media` */
function mediaOf(photos) {
  return photos.map(({ sha256, size, type, taken_at, position, original, duration_s }) => ({ sha256, size, type, taken_at, position, original, duration_s }));
}

/** @see Phone.append */
export async function appendEntry(store, draft, build) {
  const identity = await requireIdentity(store);
  const keys = await keysOf(store, identity.device);
  const photos = draft.photos ?? [];
  const body = photos.length ? { ...draft.body, media: mediaOf(photos) } : draft.body;
  const { hashes, parts } = await sealParts(draft.parts ?? {});
  const unplaced = {
    device: identity.device, id: draft.id, type: draft.type, schema: draft.schema ?? SCHEMA,
    author: draft.author ?? identity.member, role: draft.role, parts: hashes, app: build, body,
  };
  // Under the lock nobody retries; where a browser has none, the entry number as key decides between contexts.
  const row = await oneAtATime(store, "log", () => place(store, unplaced, { keys, parts, photos }));
  announce(store.name, { changed: "log" });
  return { id: row.record, device: row.device, entry: row.entry, hash: row.sealed.hash };
}

/** Chain, sign and write; begin again while somebody else took the place. */
async function place(store, unplaced, { keys, parts, photos }) {
  for (;;) {
    const { done, last, beacon } = await before(store, unplaced);
    if (done) return done;
    const sealed = await seal(
      { ...unplaced, entry: (last?.entry ?? 0) + 1, prev: last?.sealed.hash ?? null, at: localTime(), clock: clockAfter(beacon) },
      keys.sign.privateKey,
    );
    const row = { device: sealed.device, entry: sealed.entry, record: sealed.id, sealed, parts, appended_at: localTime() };
    if (await write(store, row, photos)) return row;
  }
}

/** What the entry is chained to: asked together, for each answer takes its turn on a slow phone. */
async function before(store, { device, id }) {
  const transaction = store.db.transaction(["log", "meta"]);
  const log = transaction.objectStore("log");
  const [done, cursor, beacon] = await Promise.all([
    log.index("by_record").get(id),
    log.openCursor(IDBKeyRange.bound([device], [device, []]), "prev"),
    transaction.objectStore("meta").get("beacon"),
  ]);
  return { done, last: cursor?.value ?? null, beacon };
}

/**
 * Entry, photos and the end of the draft in one transaction: a crash leaves either the draft or the entry.
 * @returns {Promise<boolean>} false when the place, or the record, is taken
 */
async function write(store, row, photos) {
  const transaction = store.db.transaction(["log", "media", "drafts"], "readwrite", STRICT);
  // The transaction's outcome is the answer; of the requests only why the row was not added is asked.
  const ignored = () => {};
  let isTaken = false;
  transaction.objectStore("log").add(row).catch((error) => { isTaken = error?.name === "ConstraintError"; });
  photos.forEach((photo, index) => {
    transaction.objectStore("media").add(mediaRow(row, photo, index + 1)).catch(ignored);
  });
  transaction.objectStore("drafts").delete(row.record).catch(ignored);
  try {
    await transaction.done;
    return true;
  } catch (error) {
    if (isTaken) return false;
    throw asPhoneError(error);
  }
}

function mediaRow({ device, entry, record }, { photo, sha256, size, type }, number) {
  return {
    device, entry, number, record, photo, sha256, size, type,
    state: "queued", sent_bytes: 0, upload_url: null, sent_at: null, epoch: null, reason: null, is_here: true,
  };
}
