/** The only kinds of picture that are taken in or answered: anything else could be a page with somebody's script in it. */
export const RASTER = /^image\/(jpeg|png|webp|heic|heif)$/;

const HEAD_BYTES = 12;
const KINDS = [
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^RIFF.{4}WEBP/s, "image/webp"],
  [/^.{4}ftyp(hei[cmsx]|mif1)/s, "image/heic"],
];

/**
 * What a picture is by its first bytes, as the centre will look at it: a PNG named .jpg is a good photo, a text named .jpg is none.
 * @param {Blob} blob @returns {Promise<string|null>}
 */
export async function rasterType(blob) {
  const head = String.fromCharCode(...new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
  return KINDS.find(([start]) => start.test(head))?.[1] ?? null;
}
