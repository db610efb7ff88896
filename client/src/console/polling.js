// Polling rests while nobody looks, and catches up when somebody does.
function isPoll(event) {
  return event.detail.ctx.sourceElement.hasAttribute("data-poll");
}

document.addEventListener("htmx:config:request", (event) => {
  if (!isPoll(event)) return;
  if (document.hidden) event.preventDefault();
  // A page that asks by itself is no sign that somebody sits before it: the session's rest goes on.
  event.detail.ctx.request.headers["X-Poll"] = "true";
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) {
    element.dispatchEvent(new CustomEvent("console:seen"));
  }
});
