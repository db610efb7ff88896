// The keyboard for what is done often. `?` shows the list; single keys rest while a field is being typed in.
const rows = () => [...document.querySelectorAll("tr[data-id]")].filter((row) => row.offsetParent);
const linkOf = (row) => row.querySelector("a[href]");

function move(step) {
  const all = rows();
  const focused = all.findIndex((row) => row.contains(document.activeElement));
  const current = focused >= 0 ? focused : all.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = all[Math.min(all.length - 1, Math.max(0, current + step))];
  if (next) linkOf(next).focus();
}

function showHelp() {
  document.getElementById("keys")?.showModal();
}

function back() {
  document.querySelector("a[data-key=back]")?.click();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => document.activeElement?.closest("tr[data-id]") && linkOf(document.activeElement.closest("tr")).click(),
  u: back,
  "/": () => document.querySelector("form.filters input[type=search]")?.focus(),
  a: () => document.querySelector("#actions input, #actions textarea, #actions button")?.focus(),
  "?": showHelp,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const action = KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show=keys]")) showHelp();
  if (event.target.closest("[data-print]")) window.print();
});
