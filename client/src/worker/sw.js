/**
 * The service worker: keeps the shell of its build, and answers everything under /app from this phone. Everything else goes
 * to the network untouched. It never caches what the server answers.
 */
import { app, failurePage, HEADERS, openHost, runPass, shell as shellPage } from "../core.js";
// A worker cannot import later.
import * as lead from "../app/routes/lead/routes.jsx";
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
  event.waitUntil(keepShell());
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

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/app/"));
});

self.addEventListener("sync", (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(backgroundPass());
});

/** Where an earlier build has fetched the scanner, this one keeps its own from the beginning. */
async function keepShell() {
  const scanner = ASSETS + names["zxing_reader.wasm"];
  const earlier = await Promise.all((await shellCaches()).map(async (name) => (await caches.open(name)).keys()));
  const hasScanner = earlier.flat().some(({ url }) => url.endsWith(".wasm"));
  const cache = await caches.open(CACHE);
  await cache.addAll(hasScanner ? [...shell, scanner] : shell);
}

async function shellCaches() {
  return (await caches.keys()).filter((name) => name.startsWith("liandong-shell-"));
}

async function takeOver() {
  await Promise.all((await shellCaches()).filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** For measuring: the shell from here, the screens made in the page. */
async function emptyShell() {
  return new Response(await shellPage({ build, names, preload: shellPreload }), { headers: { ...HEADERS, "Content-Type": "text/html; charset=utf-8" } });
}

/** What is not of the shell is kept as well once it was asked for: the scanner. Names change with content. */
async function fromShell(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
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
    routes: { lead, service, station },
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
