/**
 * Erase this phone's own copies of parts and photos whose time is over. The entries stay whole, with the hashes of what is gone:
 * their proofs still verify. Only a signed order comes here (orders.js).
 */
import { announce } from "./channel.js";
import { STRICT } from "./store.js";

/**
 * @param {import("./store.js").Store} store @param {string} device
 * @param {{entry: number, parts: string[], files: number[]}[]} entries what this phone does not hold is passed by
 */
export async function eraseCopies(store, device, entries) {
  const transaction = store.db.transaction(["log", "media", "blobs"], "readwrite", STRICT);
  const [log, media, blobs] = ["log", "media", "blobs"].map((name) => transaction.objectStore(name));
  for (const { entry, parts, files } of entries) {
    const row = await log.get([device, entry]);
    if (row) await log.put({ ...row, parts: without(row.parts ?? {}, parts) });
    for (const number of files) {
      const file = await media.get([device, entry, number]);
      if (!file) continue;
      await blobs.delete(file.photo);
      await media.put({ ...file, is_here: false, state: "gone", reason: null });
    }
  }
  await transaction.done;
  announce(store.name, { changed: "log" });
  announce(store.name, { changed: "media" });
}

function without(parts, names) {
  return Object.fromEntries(Object.entries(parts).filter(([name]) => !names.includes(name)));
}
