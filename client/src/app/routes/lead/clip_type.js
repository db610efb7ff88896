/** What a clip is by its first bytes, as the centre will look at it (server/media/sniff.py). */
const HEAD_BYTES = 64;
const KINDS = [
  [/^\x1a\x45\xdf\xa3.*webm/s, "video/webm"],
  [/^.{4}ftypqt {2}/s, "video/quicktime"],
  [/^.{4}ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V |3gp[4-9]|dash|MSNV)/s, "video/mp4"],
];

/** @param {Blob} blob @returns {Promise<string|null>} */
export async function clipType(blob) {
  const head = String.fromCharCode(...new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
  return KINDS.find(([start]) => start.test(head))?.[1] ?? null;
}
