/** A signature drawn by finger, pen or mouse, as a picture in a file field of the form. Whoever cannot draw types the name beside it. */
import { putFile } from "./shot.js";

const LINE_PX = 3;
/** Dots by accident are no signature. */
const LEAST_POINTS = 8;

/** @param {HTMLElement} box with a canvas, a file field and a button that clears */
export function offerSignature(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[type=file]");
  const context = canvas.getContext("2d");
  let points = 0;

  const clear = () => {
    const { width, height } = canvas.getBoundingClientRect();
    canvas.width = width * devicePixelRatio;
    canvas.height = height * devicePixelRatio;
    context.scale(devicePixelRatio, devicePixelRatio);
    // On white, so that it can be printed from a dark screen too.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    Object.assign(context, { lineWidth: LINE_PX, lineCap: "round", lineJoin: "round", strokeStyle: "#123" });
    points = 0;
    keep(null);
  };
  const keep = (blob) => {
    putFile(field, blob && new File([blob], "signature.png", { type: "image/png" }));
    box.toggleAttribute("data-signed", blob !== null);
  };
  const placeOf = ({ clientX, clientY }) => {
    const { left, top } = canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    context.beginPath();
    context.moveTo(...placeOf(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    context.lineTo(...placeOf(event));
    context.stroke();
    points += 1;
  });
  canvas.addEventListener("pointerup", () => {
    if (points >= LEAST_POINTS) canvas.toBlob(keep, "image/png");
  });
  box.querySelector("button").addEventListener("click", clear);
  clear();
}
