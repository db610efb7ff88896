/** Locks the tablet when nobody has touched it for as long as the screen says; a touch keeps it open, also while a form is being filled in. */
import { htmx } from "./htmx.js";
import { phoneFetch } from "./phone_fetch.js";

const TELL_EVERY_MS = 15_000;
const TOUCHES = ["pointerdown", "keydown", "input"];
const AWAKE = "/app/station/awake";
const LOCK = "/app/station/lock";

let touchedMs = 0;
let toldMs = 0;
let timer = null;

/** @param {HTMLElement} screen with `data-idle-ms` */
export function lockWhenIdle(screen) {
  if (timer === null) for (const touch of TOUCHES) document.addEventListener(touch, touched, { passive: true });
  if (timer === null) document.addEventListener("visibilitychange", look);
  touchedMs = toldMs = Date.now();
  clearInterval(timer);
  timer = setInterval(look, 1000);

  /** A tablet that slept looks as soon as it wakes. */
  function look() {
    if (!screen.isConnected || Date.now() - touchedMs < Number(screen.dataset.idleMs)) return;
    touchedMs = Date.now();
    void htmx.ajax("POST", LOCK, { target: document.body, swap: "innerHTML" });
  }
}

function touched() {
  touchedMs = Date.now();
  if (touchedMs - toldMs < TELL_EVERY_MS || !document.querySelector("[data-idle-ms]")) return;
  toldMs = touchedMs;
  void phoneFetch(AWAKE, { method: "POST" });
}
