/** How safe the phone's storage is, as data for warnings: the browser may delete it, it may be full, work may be old. */
import { countUnsent } from "./overview.js";

const LOW_FREE_BYTES = 100 * 1024 * 1024;
const OLD_DAYS = 3;
const DAY_MS = 86_400_000;

/** @see Phone.storage */
export async function storageReport(store, nowMs = Date.now()) {
  const storage = globalThis.navigator?.storage;
  const [estimate, isPersistent, unsent] = await Promise.all([
    storage?.estimate?.() ?? {},
    storage?.persisted?.() ?? false,
    countUnsent(store),
  ]);
  const usage = estimate.usage ?? null;
  const quota = estimate.quota ?? null;
  const report = { is_persistent: isPersistent, usage_bytes: usage, quota_bytes: quota, can_store_blobs: store.canStoreBlobs };
  return { ...report, warnings: storageWarnings(report, unsent, nowMs) };
}

/** Pure. @returns {import("./phone.js").Reason[]} */
export function storageWarnings({ is_persistent, usage_bytes, quota_bytes, can_store_blobs }, unsent, nowMs) {
  const warnings = [];
  const hasUnsent = unsent.entries + unsent.photos > 0;
  if (!is_persistent && hasUnsent) warnings.push({ code: "not_persistent", params: {} });
  const freeBytes = quota_bytes === null || usage_bytes === null ? null : quota_bytes - usage_bytes;
  if (freeBytes !== null && freeBytes < LOW_FREE_BYTES) warnings.push({ code: "storage_low", params: { free_bytes: freeBytes } });
  const days = unsent.oldest_at ? Math.floor((nowMs - Date.parse(unsent.oldest_at)) / DAY_MS) : 0;
  if (days >= OLD_DAYS) warnings.push({ code: "unsent_old", params: { days, count: unsent.entries + unsent.photos } });
  if (!can_store_blobs) warnings.push({ code: "no_blobs", params: {} });
  return warnings;
}
