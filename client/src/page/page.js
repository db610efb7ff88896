/** The page: starts the worker or answers itself, and wires what only a page can do: news, downloads, and by `enhance.js` camera and position. */
import "./trusted.js";
import { htmx } from "./htmx.js";
import { keepLastTap } from "./last_tap.js";
import { localFetch, prepare } from "./local_fetch.js";
import { forcePageMode, isPageMode, startWorker } from "./mode.js";
import { listenForNews } from "./news.js";
import { showPictures } from "./pictures.js";
import { hostSync } from "./sync_host.js";
import { offerRescue } from "./rescue.js";
import { offerUpdate } from "./update.js";

let registration = null;
const linkCode = /^#code=([0-9]{10})$/.exec(location.hash)?.[1];

document.addEventListener("htmx:config:request", (event) => {
  if (isPageMode()) event.detail.ctx.fetch = localFetch;
});
document.addEventListener("htmx:after:swap", ({ detail }) => wire(detail.ctx.target === document.body));
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-persist]")) void navigator.storage?.persist?.();
});

keepLastTap();
const starting = startWorker();
if (isShell() && isPageMode()) prepare();
offerRescue();
listenForNews();
if (isShell()) await render();
else wire(true);
registration = await starting;
if (registration) offerUpdate(registration);

/** The server's shell knows nothing of this phone: its screen is made here, by worker or page. */
function isShell() {
  return Boolean(document.getElementById("shell"));
}

function render() {
  return htmx.ajax("GET", location.pathname + location.search, { target: document.body, swap: "innerHTML" });
}

function wire(isWholeScreen) {
  if (isShell()) {
    // The worker has gone meanwhile, and the server answered in its place.
    forcePageMode();
    void render();
    return;
  }
  const screen = document.getElementById("screen");
  if (screen) dress(screen.dataset);
  if (screen?.dataset.enrolled) hostSync(() => registration);
  const code = document.querySelector("[data-code-from-link]");
  if (code && linkCode && !code.value) code.value = linkCode;
  if (isWholeScreen && !document.querySelector("[autofocus]")) focusTitle();
  const boxes = [...document.querySelectorAll("[data-enhance]:not([data-enhanced])")];
  // Nobody keeps the scripts where no worker does: what a later form needs is asked for while there is a network.
  if (isPageMode()) import("./enhance.js").catch(() => {});
  if (boxes.length > 0) void import("./enhance.js").then(({ enhance }) => enhance(boxes));
  showPictures(document);
}

/** Language and text size stand on the root, which swaps do not touch. */
function dress({ language, large }) {
  document.documentElement.lang = language === "zh" ? "zh-CN" : language;
  document.documentElement.toggleAttribute("data-large", large === "yes");
}

/** A screen reader hears the new screen's title. */
function focusTitle() {
  const title = document.querySelector("h1");
  title?.setAttribute("tabindex", "-1");
  title?.focus({ preventScroll: true });
}
