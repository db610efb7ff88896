/** A button that prints the screen it stands on. @param {HTMLButtonElement} button */
export function offerPrint(button) {
  button.addEventListener("click", () => window.print());
}
