/** The kill switch: served at /sw.js in place of the worker. It drops the shell and itself; records and drafts stay where they are. */
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(leave());
});

async function leave() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("liandong-shell-")).map((name) => caches.delete(name)));
  await self.registration.unregister();
}
