/** Starts the sync of this phone: in a dedicated worker, or in this page where there can be none. */
import { forwardPageEvents } from "../sync/page_events.js";
import { page } from "./page_facts.js";

const SYNC_TAG = "liandong-sync";

let isHosting = false;

/** Begins once a phone is enrolled. @param {() => ServiceWorkerRegistration|null} worker asked for a pass in the background, where the browser has that */
export function hostSync(worker) {
  if (isHosting) return;
  isHosting = true;
  forwardPageEvents();
  try {
    const syncing = new Worker(`/app/assets/${page.names["sync-worker.js"]}`, { type: "module", name: page.build });
    syncing.addEventListener("error", () => {
      syncing.terminate();
      void syncHere();
    }, { once: true });
  } catch {
    // No module workers here: the page does it itself.
    void syncHere();
  }
  addEventListener("pagehide", () => worker()?.sync?.register(SYNC_TAG).catch(() => {}));
}

async function syncHere() {
  const { openPhone, startSync } = await import("../core.js");
  startSync(await openPhone({ build: page.build }));
}
