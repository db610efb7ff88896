/**
 * The service worker: keeps the shell of its build, and answers everything under /app from this phone. Everything else goes
 * to the network untouched. It never caches what the server answers.
 */
import { app, failurePage, HEADERS, openHost, runPass, shell as shellPage } from "../core.js";
// A worker cannot import later.
import * as service from "../app/routes/service/routes.jsx";
import * as station from "../app/routes/station/routes.jsx";

const { build, names, preload, shell, shellPreload } = self.LIANDONG_BUILD;
const CACHE = `liandong-shell-${build}`;
const ASSETS = "/app/assets/";
/** Left to the network: what the browser asks for itself. */
const NOT_OURS = ["/app/manifest.webmanifest"];
const SYNC_TAG = "liandong-sync";
/** Chromium ends a background sync after about three minutes; what is left resumes. */
const PASS_LIMIT_MS = 150_000;

let opening = null;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(shell)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener("message", ({ data }) => {
  if (data?.do === "update") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin || !url.pathname.startsWith("/app/") || NOT_OURS.includes(url.pathname)) return;
  if (url.pathname.startsWith(ASSETS)) event.respondWith(fromShell(event.request));
  else event.respondWith(url.searchParams.get("handlers") === "page" ? emptyShell() : answer(event.request));
});

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(backgroundPass());
});

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("liandong-shell-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** For measuring: the shell from here, the screens made in the page. */
async function emptyShell() {
  return new Response(await shellPage({ build, names, preload: shellPreload }), { headers: { ...HEADERS, "Content-Type": "text/html; charset=utf-8" } });
}

async function fromShell(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function answer(request) {
  try {
    return await app.fetch(request, await open());
  } catch (error) {
    return failurePage(error);
  }
}

/** Opened once for the life of this worker; a failure is tried again by the next request. */
function open() {
  opening ??= openHost({
    build,
    names,
    preload,
    isPageMode: false,
    routes: { service, station },
    loadAsset: (logical) => fromShell(new Request(ASSETS + names[logical])),
  }).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

async function backgroundPass() {
  const { phone } = await open();
  await runPass(phone, { signal: AbortSignal.timeout(PASS_LIMIT_MS) });
}
