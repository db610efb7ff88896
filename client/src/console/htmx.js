// htmx without its evaluator: `js:` values, trigger filters and hx-on have nothing to run them.
import htmx from "htmx.org";

function refuse() {
  throw new Error("the console evaluates no text as script");
}

htmx.registerExtension("liandong", {
  init: (api) => api.initSecurity({ createHTML: (html) => html, createScript: () => refuse() }, refuse, refuse),
});

// A cut connection must be said, not swallowed: what was typed is still in the form.
document.addEventListener("htmx:error", () => {
  document.getElementById("unreachable")?.removeAttribute("hidden");
});
document.addEventListener("htmx:after:request", () => {
  document.getElementById("unreachable")?.setAttribute("hidden", "");
});
// A session that ended meanwhile: the whole page goes to the sign-in form, not a part of it.
document.addEventListener("htmx:before:response", (event) => {
  const { response } = event.detail.ctx;
  if (response.status === 401) {
    event.preventDefault();
    window.location.reload();
  }
});
