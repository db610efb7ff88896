/** The only kinds of picture that are taken in or answered: anything else could be a page with somebody's script in it. */
export const RASTER = /^image\/(jpeg|png|webp|heic|heif)$/;
