/**
 * The last tap decides which screen stands: the answer of an earlier one that comes late is left out. What it wrote stays written.
 * A screen that renews itself because something changed is not a tap: it gives way to one that is under way, and to one that comes later.
 */
const NEWS = "liandong:changed";
let asked = null;

export function keepLastTap() {
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.target === document.body && !(asked && isNews(ctx))) asked = ctx;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.target === document.body && ctx !== asked) event.preventDefault();
  });
  document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
    if (ctx === asked) asked = null;
  });
}

function isNews(ctx) {
  return ctx.sourceEvent?.type === NEWS;
}
