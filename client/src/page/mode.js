/**
 * Who answers /app: the worker, or this page itself where there is none (no support, registration failed, switched off by the
 * server, or asked for by `?mode=page`, which is remembered).
 */
const KEY = "liandong-mode";
const WORKER = "/sw.js";

let isForced = false;

function wantsPageMode() {
  const asked = new URLSearchParams(location.search).get("mode");
  if (asked === "page" || asked === "worker") localStorage.setItem(KEY, asked);
  return localStorage.getItem(KEY) === "page";
}

/** From here on this page answers itself. */
export function forcePageMode() {
  isForced = true;
}

/** Does this page answer its own requests? */
export function isPageMode() {
  return isForced || !navigator.serviceWorker?.controller;
}

/** Register the worker; until it has taken this page, the page answers itself. @returns {Promise<ServiceWorkerRegistration|null>} */
export async function startWorker() {
  if (new URLSearchParams(location.search).get("handlers") === "page") {
    forcePageMode();
    return null;
  }
  const isOff = Boolean(document.querySelector("[data-worker-off]"));
  if (wantsPageMode() || isOff || !("serviceWorker" in navigator)) {
    await endWorkers();
    forcePageMode();
    return null;
  }
  try {
    return await navigator.serviceWorker.register(WORKER, { type: "module", scope: "/app/", updateViaCache: "none" });
  } catch (error) {
    console.warn("no worker, this page answers itself:", error.message);
    return null;
  }
}

async function endWorkers() {
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
}
