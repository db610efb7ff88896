/** Files made on this phone, saved by the browser: a button with `data-download`. */
import { phoneFetch } from "./phone_fetch.js";

const KEEP_MS = 60_000;

export function offerDownloads() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-download]");
    if (button) void save(button);
  });
}

async function save(button) {
  button.disabled = true;
  try {
    const answer = await phoneFetch(button.dataset.download);
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "liandong.zip";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
  } finally {
    button.disabled = false;
  }
}
