/**
 * What every route needs of the phone it runs on, found once a request: identity, texts in the person's language, unsent work.
 *
 * The host (worker or page) hands in `env`: {phone, openFeeds, build, names, isPageMode, loadAsset, routes?, formData?}.
 */
import { loadPreferences } from "./preferences.js";
import { HEADERS } from "./security.js";
import { loadLanguage, loadReasons, translator } from "./text.js";

/** Screens that make sense before enrolment. */
const OPEN = ["/app/enrol", "/app/settings", "/app/status"];

const OF_TABLETS = /^\/app\/(station|enrol|status|locked|draft-photo)(\/|$)/;

export async function withContext(c, next) {
  const [preferences, identity] = await Promise.all([loadPreferences(), c.env.phone.identity()]);
  await loadLanguage(preferences.language, c.env.loadAsset);
  c.set("preferences", preferences);
  c.set("t", translator(preferences.language));
  c.set("phone", c.env.phone);
  c.set("identity", identity);
  if (!c.var.identity && !OPEN.includes(c.req.path)) return c.redirect("/app/enrol", 303);
  if (c.var.identity?.locked && !OPEN.includes(c.req.path) && c.req.path !== "/app/locked") return c.redirect("/app/locked", 303);
  // A tablet is shared: whoever stands before it browses nothing that was written.
  if (c.var.identity?.kind === "tablet" && !OF_TABLETS.test(c.req.path)) return c.redirect("/app/station", 303);
  c.set("feeds", lazily(c.env.openFeeds));
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
}

const QUESTIONS = ["stations", "station", "codeTable", "notices", "orders", "ownViews", "ownView", "ownNewest", "stationViews"];

/** Feeds that are opened by the first question: a screen that asks none does not wait for PouchDB. */
function lazily(open) {
  const ask = (name) => async (...about) => (await open())[name](...about);
  return Object.fromEntries(QUESTIONS.map((name) => [name, ask(name)]));
}

/** Before a screen says why something did not go as it should. */
export function readReasons(c) {
  return loadReasons(c.var.preferences.language, c.env.loadAsset);
}

/** The posted fields. A page hands its FormData over as it is: WebKit cannot read a File back out of a Request. */
export function formOf(c) {
  return c.env.formData ?? c.req.formData();
}

/** A whole page, or with a status of 422 or 409 the same page saying what is wrong. */
export async function show(c, screen, status = 200) {
  return c.html(`<!doctype html>${await screen.toString()}`, status);
}

/** Does any grant of this member carry the role? */
export function hasRole(identity, ...roles) {
  return identity.roles.some((grant) => roles.includes(grant.role));
}
