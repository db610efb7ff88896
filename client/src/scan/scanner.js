/** The camera in a box on the screen until a code is read. Typing is always offered beside it, by whoever shows the box. */
import { openReader } from "./reader.js";

const CAMERA = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } };
/** Between two looks, so that a slow phone has time for the picture. */
const PAUSE_MS = 120;

/**
 * Show the camera in `box` and read codes until `take` says that it has what it wants, or the box leaves the screen.
 * @param {HTMLElement} box @param {(text: string) => boolean} take
 * @returns {Promise<{stop: () => void}>} @throws {Error} with `code` denied, no_camera or unsupported
 */
export async function startScanner(box, take) {
  const [video, reader] = await Promise.all([openCamera(box), openReader()]);
  let isOver = false;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    reader.close();
    closeCamera(video);
  };
  void look();
  return { stop };

  async function look() {
    while (!isOver && box.isConnected) {
      const texts = await reader.read(video).catch((error) => {
        console.warn("no code could be read:", error.message);
        return [];
      });
      if (isOver || texts.some(take)) break;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    stop();
  }
}

/** Of the person's own camera alone; for photos as well. @param {HTMLElement} box @param {object} [wanted] @returns {Promise<HTMLVideoElement>} that plays */
export async function openCamera(box, wanted = CAMERA) {
  if (!navigator.mediaDevices?.getUserMedia) throw failure("unsupported");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    throw failure(error.name === "NotAllowedError" ? "denied" : "no_camera");
  }
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, srcObject: stream });
  box.replaceChildren(video);
  // A picture at least, before anybody looks at it.
  await Promise.all([video.play(), new Promise((resolve) => { video.onloadeddata = resolve; })]);
  return video;
}

export function closeCamera(video) {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.remove();
}

function failure(code) {
  return Object.assign(new Error(code), { code });
}
