/**
 * What answers, keeps and syncs on this phone, as one script: it packs better than its parts, and page, worker and sync worker load the same file.
 * A page loads it when it answers itself; it is never part of a page's first script.
 */
export { app, failurePage, loadLater, openHost } from "./app/host.js";
export { HEADERS } from "./app/security.js";
export { shell } from "./app/shell.jsx";
export { openPhone } from "./log/phone.js";
export { runPass } from "./sync/pass.js";
export { startSync } from "./sync/schedule.js";
