/**
 * Everything unsent as one ZIP, for the day the phone dies or must be handed in: log documents as they would be sent, photos, drafts.
 * Nothing is marked as sent by it. Loaded only when it is asked for.
 */
import { Zip, ZipPassThrough } from "fflate";
import { loadPhoto } from "./drafts.js";
import { localTime, logDocument } from "./entry.js";
import { loadIdentity } from "./identity.js";
import { listEntries, unverified } from "./overview.js";

const EXTENSION = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "image/heif": "heif" };
const extension = (type) => EXTENSION[type] ?? "bin";
const asJson = (value) => new TextEncoder().encode(JSON.stringify(value, null, 1));

/** @param {import("./phone.js").Phone} phone @returns {Promise<{blob: Blob, file_name: string, entries: number, photos: number}>} */
export async function rescueFile({ store, build }) {
  const pieces = [];
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    pieces.push(piece);
  });
  const add = (name, bytes) => {
    const file = new ZipPassThrough(name);
    zip.add(file);
    file.push(bytes, true);
  };
  const manifest = { made_at: localTime(), app: build, identity: await loadIdentity(store), entries: [], photos: [], drafts: [] };
  await addEntries(store, manifest, add);
  await addDrafts(store, manifest, add);
  add("manifest.json", asJson(manifest));
  zip.end();
  return {
    blob: new Blob(pieces, { type: "application/zip" }),
    file_name: `liandong-rescue-${manifest.made_at.slice(0, 19).replaceAll(":", "")}.zip`,
    entries: manifest.entries.length,
    photos: manifest.photos.length,
  };
}

async function addEntries(store, manifest, add) {
  for (const row of (await listEntries(store)).reverse()) {
    const files = unverified(row);
    // An entry received goes along with photos that are not: they are nothing without it.
    if (row.place.where === "received" && !files.length) continue;
    const kept = await store.db.get("log", [row.device, row.entry]);
    const document = logDocument(kept);
    const path = `log/${document._id.replace(":", "-")}.json`;
    add(path, asJson(document));
    manifest.entries.push({ path, id: row.id, hash: row.hash, place: row.place.where });
    for (const file of files) await addPhoto(store, manifest, add, { device: row.device, entry: row.entry, ...file });
  }
}

async function addPhoto(store, manifest, add, { device, entry, number, sha256, size, type }) {
  const { photo } = await store.db.get("media", [device, entry, number]);
  const blob = await loadPhoto(store, photo, type);
  const path = `media/${device}-${entry}-${number}.${extension(type)}`;
  if (!blob) return;
  add(path, new Uint8Array(await blob.arrayBuffer()));
  manifest.photos.push({ path, device, entry, number, sha256, size, type });
}

async function addDrafts(store, manifest, add) {
  for (const draft of await store.db.getAll("drafts")) {
    const path = `drafts/${draft.id.replace(":", "-")}.json`;
    add(path, asJson(draft));
    manifest.drafts.push({ path, id: draft.id });
    for (const { photo, type } of draft.photos) {
      const blob = await loadPhoto(store, photo, type);
      if (blob) add(`drafts/${photo}.${extension(type)}`, new Uint8Array(await blob.arrayBuffer()));
    }
  }
}
