/** htmx without its evaluator: `js:` values, trigger filters and hx-on have nothing to run them. */
import htmx from "htmx.org";

function refuse() {
  throw new Error("text is never run as script here");
}

htmx.registerExtension("liandong", {
  init: (api) => api.initSecurity({ createHTML: (html) => html, createScript: refuse }, refuse, refuse),
});

export { htmx };
