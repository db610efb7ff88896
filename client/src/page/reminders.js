/** Reminders while the app is open: at a moment that the screen names, the screen asks for itself again, and the browser says a word where it may. */
/** Longer than a timer takes; a screen is made anew before that. */
const LONGEST_MS = 24 * 60 * 60_000;

/** @param {HTMLElement} box `data-at`: epoch ms; `data-title`, `data-words`: of the notification */
export function wakeAt(box) {
  const waitMs = Number(box.dataset.at) - Date.now();
  if (waitMs > LONGEST_MS) return;
  setTimeout(() => {
    // A screen that came after has a timer of its own.
    if (!box.isConnected) return;
    document.body.dispatchEvent(new Event("liandong:changed"));
    void notify(box.dataset);
  }, Math.max(0, waitMs));
}

async function notify({ title, words, at }) {
  if (globalThis.Notification?.permission !== "granted") return;
  const options = { body: words, tag: `liandong-${at}` };
  const worker = await navigator.serviceWorker?.getRegistration();
  try {
    if (worker) await worker.showNotification(title, options);
    else new Notification(title, options);
  } catch (error) {
    // The words are on the screen all the same.
    console.warn("no notification:", error.message);
  }
}

/** A button that asks for the permission; gone where it was given, refused, or cannot be asked for. @param {HTMLButtonElement} button */
export function askForNotifications(button) {
  const show = () => button.toggleAttribute("hidden", globalThis.Notification?.permission !== "default");
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
  });
  show();
}
