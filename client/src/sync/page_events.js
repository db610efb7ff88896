/** What only a page can do for whoever syncs: see itself come back, and ask the browser to keep our storage. */
import { announce } from "../log/channel.js";
import { persist } from "../log/persist.js";

/** @param {string} [name] of the store @returns {() => void} stop */
export function forwardPageEvents(name = "liandong") {
  void persist();
  const ask = () => announce(name, { ask: "sync" });
  const onVisible = () => { if (document.visibilityState === "visible") ask(); };
  addEventListener("online", ask);
  // Kept by the browser and shown again; a page that is new syncs by itself.
  const onShown = (event) => { if (event.persisted) ask(); };
  addEventListener("pageshow", onShown);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    removeEventListener("online", ask);
    removeEventListener("pageshow", onShown);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
