/**
 * Opens what the app stands on, the same in worker and page: this phone's log and the views of its feeds.
 * A page loads the feeds when it first needs them, a worker has them from the start, for it may import nothing later.
 */
import { openPhone } from "../log/phone.js";

export { app } from "./app.js";
export { failurePage } from "./failures.jsx";

/**
 * @param {{build: string, names: object, preload?: string[], isPageMode: boolean, loadAsset: Function, loadFeeds: () => Promise<{openFeeds: Function}>}} host
 * @returns {Promise<object>} the `env` of `app.fetch(request, env)`
 */
export async function openHost({ build, names, preload, isPageMode, loadAsset, loadFeeds }) {
  const phone = await openPhone({ build });
  let feeds = null;
  const openFeedsOnce = async () => (feeds ??= (await loadFeeds()).openFeeds(phone));
  return { phone, openFeeds: openFeedsOnce, build, names, preload, isPageMode, loadAsset };
}
