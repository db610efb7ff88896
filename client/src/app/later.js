/**
 * Screens that some people need and others never: their scripts come when one is first asked for, or in page mode before that.
 * A service worker cannot import later; it brings them along and hands them in as `env.routes`.
 */
import { Hono } from "hono/tiny";
import { failed, unknown } from "./failures.jsx";
import { loadPreferences } from "./preferences.js";
import { loadTexts } from "./text.js";

const PARTS = {
  lead: () => import("./routes/lead/routes.jsx"),
  service: () => import("./routes/service/routes.jsx"),
  station: () => import("./routes/station/routes.jsx"),
};
const NEEDED_BY = { lead: "volunteer", service: "participant", station: "supervisor" };
/** A lead's are said on every phone's screens, and are among their texts; an evaluation is said alike to who writes and to who reads it. */
const TEXTS = { lead: ["lead"], service: ["service"], station: ["station", "service"] };
const opened = new Map();

/** @param {"lead"|"service"|"station"} name @returns {(c: import("hono").Context) => Promise<Response>} answers by the routes of that part */
export function later(name) {
  return async (c) => {
    const [part] = await Promise.all([open(name, c.env.routes), textsOf(name, c.var.preferences.language, c.env.loadAsset)]);
    return part.fetch(c.req.raw, { ...c.env, found: c.var });
  };
}

/**
 * Where no worker keeps the scripts, what this person's roles need is asked for while there is a network.
 * @param {object} env of the host @returns {Promise<void>} at once when it is there already
 */
export async function loadLater(env) {
  const [identity, { language }] = await Promise.all([env.phone.identity(), loadPreferences()]);
  const names = Object.keys(NEEDED_BY).filter((name) => identity?.roles.some(({ role }) => NEEDED_BY[name] === role));
  await Promise.all(names.map((name) => Promise.all([open(name, env.routes), textsOf(name, language, env.loadAsset)])));
}

async function open(name, brought) {
  if (!opened.has(name)) {
    const { routes } = brought?.[name] ?? (await PARTS[name]());
    opened.set(name, new Hono({ strict: false }).basePath("/app").use("*", takeOver).route("/", routes).notFound(unknown).onError(failed));
  }
  return opened.get(name);
}

function textsOf(name, language, loadAsset) {
  return Promise.all(TEXTS[name].map((part) => loadTexts(part, language, loadAsset)));
}

/** What was found for the request already: identity, texts, feeds. */
async function takeOver(c, next) {
  for (const [name, value] of Object.entries(c.env.found)) c.set(name, value);
  await next();
}
