/** The last tap decides which screen stands: the answer of an earlier one that comes late is left out. What it wrote stays written. */
let asked = null;

export function keepLastTap() {
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.target === document.body) asked = ctx;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.target === document.body && ctx !== asked) event.preventDefault();
  });
}
