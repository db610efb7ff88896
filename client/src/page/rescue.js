/** The rescue file, made in this page and saved by the browser: a button with `data-rescue`. */
import { page } from "./page_facts.js";

const KEEP_MS = 60_000;

export function offerRescue() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-rescue]");
    if (button) void save(button);
  });
}

async function save(button) {
  button.disabled = true;
  try {
    const [{ openPhone }, { rescueFile }] = await Promise.all([import("../core.js"), import("../log/rescue.js")]);
    const { blob, file_name: name } = await rescueFile(await openPhone({ build: page.build }));
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEEP_MS);
  } finally {
    button.disabled = false;
  }
}
