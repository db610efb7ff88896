// Polling rests while nobody looks, and catches up when somebody does.
function isPoll(event) {
  return event.detail.ctx.sourceElement.hasAttribute("data-poll");
}

// A board that is pointed at or written into stands still: nothing moves under the hand. It says of when it is.
const IN_USE_MS = 5000;
let usedAt = 0;

for (const name of ["pointermove", "pointerdown", "keydown", "wheel"]) {
  document.addEventListener(name, (event) => noteUse(event), { passive: true });
}

function noteUse(event) {
  if (event.target instanceof Element && event.target.closest("[data-gentle]")) usedAt = Date.now();
}

function isInUse(element) {
  if (!element.hasAttribute("data-gentle")) return false;
  return Date.now() - usedAt < IN_USE_MS;
}

document.addEventListener("htmx:config:request", (event) => {
  if (!isPoll(event)) return;
  if (document.hidden || isInUse(event.detail.ctx.sourceElement)) event.preventDefault();
  // A page that asks by itself is no sign that somebody sits before it: the session's rest goes on.
  event.detail.ctx.request.headers["X-Poll"] = "true";
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) {
    element.dispatchEvent(new CustomEvent("console:seen"));
  }
});
