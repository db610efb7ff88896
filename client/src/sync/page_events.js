/** A worker cannot see the page come back: the page says so to whoever syncs. */
import { announce } from "../log/channel.js";

/** @param {string} [name] of the store @returns {() => void} stop */
export function forwardPageEvents(name = "liandong") {
  const ask = () => announce(name, { ask: "sync" });
  const onVisible = () => { if (document.visibilityState === "visible") ask(); };
  addEventListener("online", ask);
  addEventListener("pageshow", ask);
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    removeEventListener("online", ask);
    removeEventListener("pageshow", ask);
    document.removeEventListener("visibilitychange", onVisible);
  };
}
