/**
 * How the person wants the screens: language and large text. Kept apart from the log, so that sign-out leaves them.
 */
import { openDB } from "idb";
import { LANGUAGES } from "./text.js";

const STORE = "preferences";
const DEFAULTS = { language: "zh", large: false };
let opening = null;

function database() {
  opening ??= openDB("liandong-screens", 1, { upgrade: (db) => db.createObjectStore(STORE) });
  return opening;
}

/** @returns {Promise<{language: string, large: boolean}>} */
export async function loadPreferences() {
  const db = await database();
  return { ...DEFAULTS, ...(await db.get(STORE, "all")) };
}

export async function savePreferences(changes) {
  const db = await database();
  const all = { ...(await loadPreferences()), ...changes };
  if (!LANGUAGES.includes(all.language)) all.language = DEFAULTS.language;
  await db.put(STORE, all, "all");
  return all;
}
