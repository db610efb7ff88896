/**
 * Obey the server's signed orders, and nothing else: wipe, lock, re-enrolment and erasing happen only by an order that this server signed
 * for this device. An order for another, or with a broken signature, is ignored.
 */
import { announce } from "./channel.js";
import { eraseCopies } from "./erase.js";
import { requireIdentity, setFlags } from "./identity.js";
import { isSignedBy } from "./keys.js";
import { loadState } from "./state.js";

/**
 * @param {import("./store.js").Store} store
 * @param {(audiences: string[]) => Promise<void>} wipeFeeds destroys these local feeds; `["*"]` all of them
 * @returns {Promise<{obeyed: string[], ignored: string[]}>} order ids
 */
export async function obeyOrders(store, wipeFeeds) {
  const identity = await requireIdentity(store);
  const state = await loadState(store, identity.device);
  const done = new Set((await store.getMeta("orders_done")) ?? []);
  const result = { obeyed: [], ignored: [] };
  for (const order of state?.orders ?? []) {
    if (done.has(order.id)) continue;
    if (order.device !== identity.device || !(await isSignedBy(order, identity.server_key))) {
      result.ignored.push(order.id);
      continue;
    }
    await obey(store, order, wipeFeeds);
    done.add(order.id);
    await store.setMeta("orders_done", [...done]);
    result.obeyed.push(order.id);
  }
  if (result.obeyed.length) announce(store.name, { changed: "state" });
  return result;
}

async function obey(store, order, wipeFeeds) {
  const { kind, feeds } = order;
  if (kind === "lock") await setFlags(store, { locked: true });
  else if (kind === "re_enrol") await setFlags(store, { must_re_enrol: true });
  // The log is no feed: it stays until it is safe at the centre, or the person says so.
  else if (kind === "wipe") await wipeFeeds(feeds ?? ["*"]);
  else if (kind === "erase") await eraseCopies(store, order.device, order.entries ?? []);
  // `new_secret` is for tablets; a phone has none to replace.
}
