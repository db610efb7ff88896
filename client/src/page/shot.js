/** A photo taken in the page (app/routes/service/photo_box.jsx): the picture of this moment, with the time written into it, as a file of the form. */
import { closeCamera, openCamera } from "../scan/scanner.js";
import { localTime } from "../app/when.js";

const CAMERA = { audio: false, video: { width: { ideal: 1600 }, height: { ideal: 1200 } } };
const MAX_SIDE_PX = 1600;
const QUALITY = 0.85;
/** Of the picture's height. */
const TIME_SHARE = 0.045;

/** @param {HTMLElement} box with a button, a view, a file field */
export function offerShot(box) {
  const button = box.querySelector("button");
  const view = box.querySelector("[data-view]");
  let video = null;
  button.addEventListener("click", async () => {
    try {
      if (video) {
        await show(box, view, await pictureOf(video));
        closeCamera(video);
        video = null;
        button.textContent = box.dataset.again;
      } else {
        video = await openCamera(view, cameraOf(box));
        button.textContent = box.dataset.take;
      }
    } catch (error) {
      console.warn("no photo:", error.message);
      // Said once, and no obstacle: the station's own word counts as well.
      box.querySelector("[role=status]").textContent = box.dataset.failed;
    }
  });
}

/** `data-facing`: the tablet looks at the place, a phone at its person. */
const cameraOf = ({ dataset: { facing = "user" } }) => ({ ...CAMERA, video: { ...CAMERA.video, facingMode: { ideal: facing } } });

async function pictureOf(video) {
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(video.videoWidth, video.videoHeight));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(video.videoWidth * scale), height: Math.round(video.videoHeight * scale) });
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const size = Math.round(canvas.height * TIME_SHARE);
  context.font = `${size}px sans-serif`;
  context.fillStyle = "#000";
  context.fillRect(0, canvas.height - size * 1.5, canvas.width, size * 1.5);
  context.fillStyle = "#fff";
  context.fillText(localTime().slice(0, 19).replace("T", " "), size / 2, canvas.height - size * 0.4);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

function show(box, view, blob) {
  putFile(box.querySelector("input[type=file]"), new File([blob], "photo.jpg", { type: "image/jpeg" }));
  box.querySelector("[name=kept_photo]").value = "";
  const image = Object.assign(document.createElement("img"), { alt: box.dataset.alt, src: URL.createObjectURL(blob) });
  view.replaceChildren(image);
  return image.decode().finally(() => URL.revokeObjectURL(image.src));
}

/** A form sends what its file field holds; a script may put a file there by a transfer alone. */
export function putFile(field, file) {
  const transfer = new DataTransfer();
  if (file) transfer.items.add(file);
  field.files = transfer.files;
}
