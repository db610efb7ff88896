/** A clip into the draft: how long it is is read here, for only a page can play it; what is too long is refused before its bytes are moved. */
import LIMITS from "../generated/limits.json";
import { localTime } from "../app/when.js";
import { hand, positionNow, sayFailed } from "./camera.js";

const LOAD_TIMEOUT_MS = 15_000;
/** Recorders that write no length show it once the end was looked for. */
const FAR_AHEAD_S = 1e101;

/** @param {HTMLInputElement} input a file field; what was chosen before this was loaded is taken as well */
export function takeClip(input) {
  const take = () => {
    const [file] = input.files;
    input.value = "";
    if (file) void add(input, file);
  };
  input.addEventListener("change", take);
  take();
}

async function add(input, file) {
  const duration = await durationOf(file).catch(() => 0);
  const form = new FormData();
  // What will be refused is not carried along.
  const isTaken = duration > 0 && duration <= LIMITS.max_clip_s && file.size <= LIMITS.max_clip_bytes;
  if (isTaken) form.append("clip", file, "clip");
  form.append("meta", JSON.stringify({ taken_at: localTime(), position: positionNow(input.form), duration_s: Math.ceil(duration * 10) / 10, size: file.size }));
  try {
    await hand(form, input.dataset.clip, "clip");
  } catch (error) {
    console.error(error);
    sayFailed(input.dataset.failed, "clip");
  }
}

/** @param {Blob} file @returns {Promise<number>} seconds */
export async function durationOf(file) {
  const video = document.createElement("video");
  const address = URL.createObjectURL(file);
  try {
    video.preload = "metadata";
    video.src = address;
    await heard(video, "loadedmetadata", () => true);
    if (video.duration === Number.POSITIVE_INFINITY) {
      video.currentTime = FAR_AHEAD_S;
      await heard(video, "durationchange", () => video.duration !== Number.POSITIVE_INFINITY);
    }
    return video.duration;
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}

function heard(video, name, isSo) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("no metadata in time")), LOAD_TIMEOUT_MS);
    video.addEventListener(name, () => {
      if (!isSo()) return;
      clearTimeout(late);
      resolve();
    });
    video.addEventListener("error", () => {
      clearTimeout(late);
      reject(new Error("no video"));
    });
  });
}
