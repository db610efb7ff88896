/** Whatever changes on this phone, in any context, is told to the parts of the screen that show it; nobody reloads anything. */
import { htmx } from "./htmx.js";

const CHANNEL = "liandong";
const TOGETHER_MS = 120;

export function listenForNews() {
  let timer = null;
  new BroadcastChannel(CHANNEL).addEventListener("message", ({ data }) => {
    if (!data?.changed) return;
    // A sync pass tells many things at once: one refresh for all of them.
    clearTimeout(timer);
    timer = setTimeout(() => htmx.trigger(document.body, "liandong:changed"), TOGETHER_MS);
  });
}
