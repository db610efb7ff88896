// Polling rests while nobody looks, and catches up when somebody does.
function isPoll(event) {
  return event.detail.ctx.sourceElement.hasAttribute("data-poll");
}

document.addEventListener("htmx:config:request", (event) => {
  if (isPoll(event) && document.hidden) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) {
    element.dispatchEvent(new CustomEvent("console:seen"));
  }
});
