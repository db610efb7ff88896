/** Opens what the app stands on, the same in worker and page: this phone's log, and by the first question the views of its feeds. */
import { openFeeds } from "../feeds/views.js";
import { openPhone } from "../log/phone.js";
import { loadPreferences } from "./preferences.js";

export { app } from "./app.js";
export { failurePage } from "./failures.jsx";
export { loadLater } from "./later.js";

/**
 * @param {{build: string, names: object, preload?: string[], isPageMode: boolean, loadAsset: Function, routes?: object}} host `routes`: those that are not
 *   loaded later, for a worker cannot
 * @returns {Promise<object>} the `env` of `app.fetch(request, env)`
 */
export async function openHost({ build, names, preload, isPageMode, loadAsset, routes }) {
  // Both databases are opened side by side; who asks for the preferences says what failed.
  loadPreferences().catch(() => {});
  const phone = await openPhone({ build });
  let feeds = null;
  const openOnce = async () => (feeds ??= openFeeds(phone));
  return { phone, openFeeds: openOnce, build, names, preload, isPageMode, loadAsset, routes };
}
