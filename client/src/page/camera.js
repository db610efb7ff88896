/** Photos into the draft: hashed as the camera made them, made smaller, handed to the app, shown at once. */
import { sha256Hex } from "../log/digest.js";
import { localTime } from "../app/when.js";
import { htmx } from "./htmx.js";
import { phoneFetch } from "./phone_fetch.js";

const MAX_SIDE_PX = 1600;
const QUALITY = 0.85;
/** Kept as they are when small enough; anything else that the browser can draw becomes JPEG. */
const KEPT_TYPES = ["image/jpeg", "image/png", "image/webp"];

/** @param {HTMLInputElement} input a file field; what was chosen before this was loaded is taken as well */
export function takePhotos(input) {
  const take = () => {
    const files = [...input.files];
    // Emptied at once: the event of what was taken already finds nothing, and the same file may be chosen again.
    input.value = "";
    if (files.length > 0) void add(input, files);
  };
  input.addEventListener("change", take);
  take();
}

async function add(input, files) {
  for (const file of files) {
    const { blob, original } = await smaller(file);
    const form = new FormData();
    form.append("photo", blob, "photo");
    form.append("meta", JSON.stringify({ taken_at: localTime(), position: positionNow(input.form), original }));
    try {
      await hand(form, input.dataset.photos, "photos");
    } catch (error) {
      console.error(error);
      // Said at once: whoever walks on believes that the photo is there.
      sayFailed(input.dataset.failed, "photos");
    }
  }
}

/** Give a file to the app, and show its answer in the part of this id. */
export async function hand(form, path, part) {
  const answer = await phoneFetch(path, { method: "POST", body: form, headers: { "HX-Request": "true" } });
  const target = document.getElementById(part);
  if (target) {
    await htmx.swap({ text: await answer.text(), target, swap: "outerHTML", sourceElement: target.parentElement });
  }
}

export function sayFailed(words, part) {
  const note = Object.assign(document.createElement("p"), { className: "note error", textContent: words });
  note.setAttribute("role", "alert");
  document.getElementById(part)?.append(note);
}

/**
 * The file that is kept, hashed and sent. `original` is set when that is not the camera's own file.
 * @param {File} file @returns {Promise<{blob: Blob, original?: {sha256: string, size: number}}>}
 */
export async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    // A format that this browser cannot draw (HEIC in most): sent as the camera made it.
    return { blob: file };
  }
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(picture.width, picture.height));
  if (scale === 1 && KEPT_TYPES.includes(file.type)) return { blob: file };
  const original = { sha256: await sha256Hex(await file.arrayBuffer()), size: file.size };
  const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return { blob: await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }), original };
}

export function positionNow(form) {
  const text = form?.elements.point?.value;
  if (!text) return undefined;
  const { lat, lng, accuracy_m, datum } = JSON.parse(text);
  return { lat, lng, accuracy_m, datum };
}
