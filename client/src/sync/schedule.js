/**
 * When to sync while a page is open: at the start, when the network or the page comes back, when something was recorded, on demand, and
 * every three minutes; in between one waiting request, so that answers arrive within seconds. One context does it, whichever got the lock.
 */
import { listen } from "../log/channel.js";
import { asPhoneError } from "../log/errors.js";
import { countUnsent } from "../log/overview.js";
import { fetchState } from "../log/state.js";
import { backoffMs } from "./backoff.js";
import { oneAtATime } from "../log/lock.js";
import { runPass } from "./pass.js";

const WATCH_WAIT_S = 25;
const EVERY_MS = 180_000;
/** Pages opened one after the other each begin to sync: so soon after an answer the server is not asked again. */
const CALM_MS = 1000;
/** Changes that this phone made itself and that want a pass. Enrolment announces `state`. */
const WAKING = new Set(["log"]);

/**
 * Keep this phone in sync until stopped; runs in a dedicated worker or in the page.
 * @param {import("../log/phone.js").Phone} phone
 * @param {{everyMs?: number, waitS?: number, calmMs?: number, random?: () => number, loadUploader?: () => Promise<object>}} [options]
 * @returns {{syncNow: () => void, stop: () => Promise<void>}}
 */
export function startSync(phone, { everyMs = EVERY_MS, waitS = WATCH_WAIT_S, calmMs = CALM_MS, random = Math.random, loadUploader } = {}) {
  const alarm = createAlarm();
  const stopping = new AbortController();
  const stopListening = listenForReasons(phone.store, alarm);
  const running = oneAtATime(phone.store, "watch", () => keepInSync(phone, { everyMs, waitS, calmMs, random, loadUploader, alarm, stopping }), { signal: stopping.signal })
    .catch((error) => {
      // Stopped while another context was watching: there is nothing to end.
      if (error?.name !== "AbortError") throw error;
    });
  return {
    syncNow: () => alarm.ring(),
    async stop() {
      stopping.abort();
      stopListening();
      alarm.ring();
      await running;
    },
  };
}

async function keepInSync(phone, { everyMs, waitS, calmMs, random, loadUploader, alarm, stopping }) {
  let failures = 0;
  let failedWatches = 0;
  let news = "none";
  await alarm.within(await calmLeftMs(phone, calmMs));
  while (!stopping.signal.aborted) {
    alarm.reset();
    const { failure } = await runPass(phone, { isStateFresh: news === "changed", loadUploader, signal: stopping.signal }).catch(unexpected);
    if (failure) {
      failures += 1;
      news = "none";
      await alarm.within(failure.code === "not_enrolled" ? everyMs : backoffMs(failures, failure.params.retry_after_s ?? null, random()));
      continue;
    }
    failures = 0;
    // A page that is left at once leaves no waiting request behind.
    if (news === "none") await alarm.within(calmMs);
    news = await watch(phone, { everyMs, waitS, alarm, stopping });
    failedWatches = news === "failed" ? failedWatches + 1 : 0;
    // The first is met again, and reported, by the pass; but a proxy that lets only the waiting request die would make us circle.
    if (failedWatches > 1) await alarm.within(backoffMs(failedWatches - 1, null, random()));
  }
}

/** How long to be calm yet: nothing waits to be sent, and the server has just answered. */
async function calmLeftMs({ store }, calmMs) {
  const status = await store.getMeta("status");
  const agoMs = Date.now() - Date.parse(status?.finished_at ?? "");
  const isCalm = agoMs >= 0 && agoMs < calmMs && status.steps.state?.code === "ok";
  return isCalm && (await countUnsent(store)).entries === 0 ? calmMs - agoMs : 0;
}

/** Storage that fails today may work tomorrow; a store that was closed, for a newer build or for good, ends the sync here. */
function unexpected(error) {
  if (error?.name === "InvalidStateError") throw error;
  return { failure: asPhoneError(error) };
}

/**
 * Wait for news. @returns {Promise<"changed"|"due"|"failed">} `changed`: the server's state did, and is kept; `due`: a pass is, for another
 * reason; `failed`: the waiting request did not come through
 */
async function watch(phone, { everyMs, waitS, alarm, stopping }) {
  const until = Date.now() + everyMs;
  while (!alarm.hasRung() && Date.now() < until && !stopping.signal.aborted) {
    const abort = new AbortController();
    const rung = alarm.within(until - Date.now()).then(() => "due");
    const asked = fetchState(phone.store, phone.session, { waitS, signal: abort.signal })
      .then(({ isChanged }) => (isChanged ? "changed" : "same"), () => "failed");
    const answer = await Promise.race([asked, rung]);
    abort.abort();
    if (answer !== "same") return answer;
  }
  return "due";
}

function listenForReasons(store, alarm) {
  const ring = () => alarm.ring();
  const stopChannel = listen(store.name, (message) => {
    if (message.ask === "sync" || message.enrolled || WAKING.has(message.changed)) ring();
  });
  const onVisible = () => { if (document.visibilityState === "visible") ring(); };
  globalThis.addEventListener?.("online", ring);
  globalThis.document?.addEventListener("visibilitychange", onVisible);
  return () => {
    stopChannel();
    globalThis.removeEventListener?.("online", ring);
    globalThis.document?.removeEventListener("visibilitychange", onVisible);
  };
}

/** A bell that several things ring and one loop hears; a ring before `reset` is what the coming pass is for. */
function createAlarm() {
  let hasRung = false;
  let wake = () => {};
  return {
    reset() { hasRung = false; },
    hasRung: () => hasRung,
    ring() {
      hasRung = true;
      wake();
    },
    /** Resolves at the next ring, at once if it has rung, or after `ms`; an earlier wait ends with it. */
    within(ms) {
      wake();
      if (hasRung) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, ms));
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
