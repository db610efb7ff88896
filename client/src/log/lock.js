/** One at a time among all tabs and workers, by Web Lock; where there are none, among the callers here. */

const queues = new WeakMap();

/**
 * @template T
 * @param {{name: string}} store @param {string} name @param {() => Promise<T>} work
 * @param {{signal?: AbortSignal}} [options] `signal` ends the waiting, not the work
 * @returns {Promise<T>} @throws {DOMException} AbortError when the waiting was ended
 */
export function oneAtATime(store, name, work, { signal } = {}) {
  if (globalThis.navigator?.locks) return navigator.locks.request(`liandong-${name}:${store.name}`, { signal }, work);
  const queue = queues.get(store) ?? new Map();
  queues.set(store, queue);
  const before = queue.get(name) ?? Promise.resolve();
  const turn = Promise.race([before, ended(signal)]).then(work);
  // The next one waits for those before as well: a caller who gave up has not ended their work.
  queue.set(name, Promise.allSettled([before, turn]).then(() => {}));
  return turn;
}

function ended(signal) {
  return new Promise((_, reject) => {
    const stop = () => reject(new DOMException("the waiting was ended", "AbortError"));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
