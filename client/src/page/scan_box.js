/** A button that opens the scanner (parts/scan_box.jsx); what was read goes into the box's field. */
import { startScanner } from "../scan/scanner.js";

/** @param {HTMLElement} box `data-prefix`: of the codes that are wanted; `data-submit`: send the form at once */
export function offerScan(box) {
  const button = box.querySelector("button");
  let scanner = null;
  button.addEventListener("click", async () => {
    if (scanner) return close();
    button.textContent = box.dataset.close;
    say(box, "looking");
    try {
      scanner = await startScanner(box.querySelector("[data-view]"), (text) => take(box, text) && close());
    } catch (error) {
      close();
      say(box, error.code ?? "no_camera");
    }
  });

  function close() {
    scanner?.stop();
    scanner = null;
    button.textContent = box.dataset.open;
    say(box, box.querySelector("input").value ? "found" : "none");
    return true;
  }
}

function take(box, text) {
  if (!text.startsWith(box.dataset.prefix)) {
    say(box, "other");
    return false;
  }
  const field = box.querySelector("input");
  field.value = text;
  navigator.vibrate?.(50);
  field.dispatchEvent(new Event("change", { bubbles: true }));
  if (box.dataset.submit) field.form.requestSubmit();
  return true;
}

function say(box, what) {
  box.querySelector("output").textContent = box.dataset[`say${what[0].toUpperCase()}${what.slice(1)}`] ?? "";
}
