/**
 * What becomes of a photo when the server says what it holds of it. Pure. Bytes leave the phone only when the server has verified
 * them and a backup covers their entry.
 */

/** A verdict written before the last byte came still says "missing"; a sent photo is believed this long. */
const SENT_IS_BELIEVED_MS = 120_000;

/**
 * @typedef {{state: string, is_here: boolean, sent_at: number|null, epoch: string|null, entry: number, sha256: string}} MediaFile
 * @param {MediaFile} kept @param {{state: string, reason?: string, sha256?: string}} said @param {string} epoch @param {number} nowMs
 * @returns {MediaFile|null} null where nothing changes
 */
export function mediaAfterVerdict(kept, said, epoch, nowMs) {
  if (said.state === "verified") return kept.state === "verified" ? null : { ...kept, state: "verified", reason: null, upload_url: null };
  // Its time is over at the centre: nothing is to be sent again. The bytes here go by the server's signed order alone.
  if (said.state === "erased") return kept.state === "gone" ? null : { ...kept, state: "gone", reason: null, upload_url: null };
  if (said.state === "refused") return { ...kept, state: "refused", reason: said.reason ?? "refused" };
  if (!kept.is_here) return { ...kept, state: "gone", reason: null };
  const isJustSent = kept.state === "sent" && kept.epoch === epoch && nowMs - kept.sent_at < SENT_IS_BELIEVED_MS;
  if (kept.state === "queued" || kept.state === "sending" || (isJustSent && said.state !== "mismatch")) return null;
  return { ...kept, state: "queued", sent_bytes: 0, upload_url: null, reason: said.state === "mismatch" ? "mismatch" : null };
}

/** What a restored server is believed to hold of a photo before it has spoken: nothing that frees bytes or shows as verified. */
export function mediaInNewEpoch(kept) {
  const fresh = { ...kept, upload_url: null, epoch: null, reason: null };
  if (!kept.is_here) return { ...fresh, state: "gone" };
  return { ...fresh, state: kept.state === "verified" || kept.state === "sent" ? "sent" : "queued", sent_bytes: 0 };
}

/**
 * May this photo's bytes leave the phone? With no backup configured, `backed_up_through` is 0 and nothing ever does.
 * @param {MediaFile} row @param {{backed_up_through: number}|null} ack
 */
export function mayFreeBytes(row, ack) {
  return row.is_here && row.state === "verified" && ack !== null && row.entry <= ack.backed_up_through;
}

/**
 * May a row of the log leave the phone? Only below a closing entry (rotation), received and backed up. Nothing calls this to
 * delete yet: rotation is a step to come, and until then the log stays whole.
 * @param {number} entry @param {{through: number, backed_up_through: number}|null} ack @param {number|null} closedThrough last entry before a closing one
 */
export function mayForget(entry, ack, closedThrough) {
  if (ack === null || closedThrough === null) return false;
  return entry <= closedThrough && entry <= ack.through && entry <= ack.backed_up_through;
}
