// List left, record right: the row whose record is shown is marked, and the shown record is brought into view.
function markCurrent() {
  const shown = document.getElementById("record")?.dataset.id;
  for (const row of document.querySelectorAll("tr[data-id]")) {
    if (shown && row.dataset.id === shown) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:after:swap", markCurrent);

// A list that is sorted or filtered by a choice sends itself; the button stays for those without script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters");
  if (form && event.target.matches("select, input[type=date], input[type=checkbox]")) form.requestSubmit();
});
