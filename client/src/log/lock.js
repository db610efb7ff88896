/** One at a time among all tabs and workers, by Web Lock; where there are none, among the callers here. */

const waiting = new WeakMap();

/** @template T @param {{name: string}} store @param {string} name @param {() => Promise<T>} work @param {{signal?: AbortSignal}} [options] @returns {Promise<T>} */
export function oneAtATime(store, name, work, { signal } = {}) {
  if (globalThis.navigator?.locks) return navigator.locks.request(`liandong-${name}:${store.name}`, { signal }, work);
  const queues = waiting.get(store) ?? new Map();
  waiting.set(store, queues);
  const turn = (queues.get(name) ?? Promise.resolve()).then(work);
  queues.set(name, turn.catch(() => {}));
  return turn;
}
