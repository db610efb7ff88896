/**
 * Reads QR codes out of a video: by the browser's own detector where there is one, else by ZXing in a worker of its own, the only
 * place of this app that may run WebAssembly. What is read stays on this phone.
 */
import { page } from "../page/page_facts.js";

const ASSETS = "/app/assets/";
/** Enough for a code that fills a third of the picture; a larger one only takes longer. */
const SIDE_PX = 800;

/** @returns {Promise<{read: (video: HTMLVideoElement) => Promise<string[]>, close: () => void}>} */
export async function openReader() {
  return (await hasDetector()) ? nativeReader() : workerReader();
}

/** Ask for ZXing before there is no network; nothing where the browser reads codes itself. */
export async function keepReader() {
  if (await hasDetector()) return;
  // Without a worker of the app the browser's own cache has to have both.
  for (const name of ["scan-worker.js", "zxing_reader.wasm"]) await (await fetch(ASSETS + page.names[name])).arrayBuffer();
}

async function hasDetector() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  return formats?.includes("qr_code") ?? false;
}

function nativeReader() {
  const detector = new globalThis.BarcodeDetector({ formats: ["qr_code"] });
  return { read: async (video) => (await detector.detect(video)).map((code) => code.rawValue), close: () => {} };
}

function workerReader() {
  const worker = new Worker(ASSETS + page.names["scan-worker.js"], { type: "module", name: page.names["zxing_reader.wasm"] });
  const canvas = document.createElement("canvas");
  const read = (video) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.texts ? resolve(data.texts) : reject(new Error(data.failure)));
    worker.onerror = (event) => reject(new Error(event.message ?? "the scanner could not start"));
    const image = frameOf(video, canvas);
    worker.postMessage(image, [image.data.buffer]);
  });
  return { read, close: () => worker.terminate() };
}

function frameOf(video, canvas) {
  const scale = Math.min(1, SIDE_PX / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
