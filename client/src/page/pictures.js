/** Pictures of screens made in page mode: `<img src>` would ask the server, so the bytes come from the app and are shown as blob addresses. */
import { phoneFetch } from "./phone_fetch.js";

const shown = new Map();

export function showPictures(root) {
  for (const image of root.querySelectorAll("img[data-local]:not([src])")) void show(image);
  forgetGone();
}

async function show(image) {
  const path = image.dataset.local;
  if (!shown.has(path)) {
    const answer = await phoneFetch(path);
    if (!answer.ok) return;
    shown.set(path, URL.createObjectURL(await answer.blob()));
  }
  image.src = shown.get(path);
}

function forgetGone() {
  for (const [path, address] of shown) {
    if (document.querySelector(`img[data-local="${CSS.escape(path)}"]`)) continue;
    URL.revokeObjectURL(address);
    shown.delete(path);
  }
}
