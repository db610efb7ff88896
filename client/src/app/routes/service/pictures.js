/** Pictures made on a screen of service, a photo or a signature, into the phone's keeping. */
import { rasterType } from "../../raster.js";
import { localTime } from "../../when.js";

/** @param {import("../../../log/phone.js").Phone} phone @param {unknown} file of a form @returns {Promise<object|null>} null where the form has none */
export async function keptPicture(phone, file) {
  if (!(file instanceof Blob) || file.size === 0) return null;
  const type = await rasterType(file);
  return type ? phone.media.keep(file, { type, taken_at: localTime() }) : null;
}
