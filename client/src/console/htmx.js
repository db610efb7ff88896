// htmx without its evaluator: `js:` values, trigger filters and hx-on have nothing to run them.
import htmx from "htmx.org";

function refuse() {
  throw new Error("the console evaluates no text as script");
}

htmx.registerExtension("liandong", {
  init: (api) => api.initSecurity({ createHTML: (html) => html, createScript: () => refuse() }, refuse, refuse),
});

function show(id, isShown) {
  document.getElementById(id)?.toggleAttribute("hidden", !isShown);
}

// What cannot be put in place is said above the page, and the form keeps what was typed.
document.addEventListener("htmx:before:response", (event) => {
  const { status } = event.detail.ctx.response;
  show("signed-out", status === 401);
  show("unreachable", status >= 500);
  if (status === 401 || status >= 500) event.preventDefault();
});
// A cut connection likewise: it must be said, not swallowed.
document.addEventListener("htmx:error", () => show("unreachable", true));
