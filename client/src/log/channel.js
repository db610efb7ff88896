/**
 * News between page, worker and service worker: `{changed: "log"|"feeds"|"state"|"media"|"drafts"|"status"}` or `{ask: "sync"}`.
 * A channel is opened for one message, for a kept one would hold the context alive; nothing relies on a message arriving.
 */

/** @param {string} name @param {Object<string, unknown>} message */
export function announce(name, message) {
  const channel = new BroadcastChannel(name);
  channel.postMessage(message);
  channel.close();
}

/** @param {string} name @param {(message: any) => void} hear @returns {() => void} stop listening */
export function listen(name, hear) {
  const channel = new BroadcastChannel(name);
  channel.unref?.();
  channel.onmessage = (event) => hear(event.data);
  return () => channel.close();
}
