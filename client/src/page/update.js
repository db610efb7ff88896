/**
 * A new build waits until the person lets it in or closes the app: it never takes a screen from under a finger.
 * Drafts are in the database as they are typed, so the reload that follows loses none.
 */
const CHECK_EVERY_MS = 60 * 60_000;

export function offerUpdate(registration) {
  const offer = () => document.getElementById("update")?.toggleAttribute("hidden", !registration.waiting);
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
  document.addEventListener("htmx:after:swap", offer);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#update button")) letIn(registration.waiting);
  });
  setInterval(() => registration.update().catch(() => {}), CHECK_EVERY_MS);
  offer();
}

function letIn(worker) {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  worker?.postMessage({ do: "update" });
}
