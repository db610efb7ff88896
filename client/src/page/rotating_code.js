/** Counts a code down and asks for the next one; keeps the screen lit while the code is shown. */
import { htmx } from "./htmx.js";

const TICK_MS = 500;
const TRY_AGAIN_MS = 5000;

/** @param {HTMLElement} box with `data-left-ms` and `data-next` */
export function countDown(box) {
  let endsMs = performance.now() + Number(box.dataset.leftMs);
  stayLit(box);
  const timer = setInterval(() => {
    if (!box.isConnected) {
      clearInterval(timer);
      return;
    }
    const leftMs = Math.max(0, endsMs - performance.now());
    box.querySelector("progress").value = leftMs;
    box.querySelector("[data-seconds]").textContent = String(Math.ceil(leftMs / 1000));
    if (leftMs > 0) return;
    // Should it fail, the box stays and asks again.
    endsMs = performance.now() + TRY_AGAIN_MS;
    void htmx.ajax("GET", box.dataset.next, { target: box, swap: "outerHTML" });
  }, TICK_MS);
}

function stayLit(box) {
  const light = () => document.visibilityState === "visible" && box.isConnected && navigator.wakeLock?.request("screen").catch(() => {});
  void light();
  document.addEventListener("visibilitychange", light, { once: true });
}
