/**
 * One pass: state, push, state, then photos and feeds side by side. Each step's outcome is kept in words-able form, and a step that
 * fails stops only those that need it. Signing in happens within, when the session is over.
 */
import { destroyStale, pullFeeds, wipeFeeds } from "../feeds/pull.js";
import { announce } from "../log/channel.js";
import { localTime } from "../log/entry.js";
import { asPhoneError, PhoneError } from "../log/errors.js";
import { freeBytes, mediaToSend } from "../log/media.js";
import { settle } from "../log/overview.js";
import { obeyOrders } from "../log/orders.js";
import { push } from "../log/push.js";
import { fetchState } from "../log/state.js";
import { oneAtATime } from "../log/lock.js";

/** With these nothing else can succeed now. */
const ENDS_THE_PASS = new Set(["server_away", "busy", "sign_in_refused", "not_enrolled", "keys_missing"]);
/** After a push the acks are worth this wait: the server answers as soon as there is one. */
const ACK_WAIT_S = 2;

/**
 * @param {import("../log/phone.js").Phone} phone
 * @param {{isStateFresh?: boolean, signal?: AbortSignal, loadUploader?: () => Promise<{upload: Function}>}} [options]
 *   `signal`: no new request is begun after it (background sync is bounded); `loadUploader` for contexts without `import()`
 * @returns {Promise<{failure: PhoneError|null, pushed: number}>} `failure`: the first that asks for a later pass
 */
export function runPass(phone, options = {}) {
  return oneAtATime(phone.store, "sync", () => pass(phone, options));
}

async function pass(phone, { isStateFresh = false, signal, loadUploader = () => import("../log/upload.js") }) {
  const report = createReport(phone.store, signal);
  await report.begin();
  const { store, session } = phone;
  let pushed = 0;
  try {
    await destroyStale(store);
    if (!isStateFresh) await report.step("state", () => fetchState(store, session, { signal }));
    await report.step("orders", () => obeyOrders(store, (names) => wipeFeeds(store, names)));
    await report.step("push", async () => { pushed = (await push(store, session)).sent; });
    if (pushed) await report.step("state", () => fetchState(store, session, { waitS: ACK_WAIT_S, signal }));
    // Side by side, so that nine photos on a slow link do not hold back an answer; both end before the pass does.
    await Promise.allSettled([
      report.step("media", () => sendMedia(phone, loadUploader, signal)),
      report.step("feeds", () => feeds(phone)),
    ]);
    await settle(store);
  } catch (error) {
    // Already in the report: a failure after which the rest of the pass is pointless.
    if (!report.failures.includes(error)) throw error;
  } finally {
    await report.end();
  }
  return { failure: report.failures[0] ?? null, pushed };
}

async function feeds({ store, session }) {
  const { failure } = await pullFeeds(store, session);
  if (failure) throw failure;
}

/** One photo that fails does not stop the next, unless the server is away. */
async function sendMedia({ store, session }, loadUploader, signal) {
  const { device } = await store.getMeta("identity");
  const waiting = await mediaToSend(store, device);
  let failure = null;
  if (waiting.length) {
    const { upload } = await loadUploader().catch(() => { throw new PhoneError("media_waits"); });
    for (const row of waiting) {
      if (signal?.aborted) break;
      try {
        await upload(store, session, row);
      } catch (error) {
        failure ??= asPhoneError(error);
        if (ENDS_THE_PASS.has(failure.code)) break;
      }
    }
  }
  await freeBytes(store, device);
  if (failure) throw failure;
}

/** What the pass did, kept under `status`: codes with parameters; the words are in the catalog (`sync.<code>`). */
function createReport(store, signal) {
  const failures = [];
  let status = null;
  const keep = async (changes) => {
    status = { ...status, ...changes };
    await store.setMeta("status", status);
    announce(store.name, { changed: "status" });
  };
  const note = (name, code, params) => { status.steps = { ...status.steps, [name]: { code, params, at: localTime() } }; };
  return {
    failures,
    async begin() {
      status = (await store.getMeta("status")) ?? { steps: {}, last_contact_at: null, finished_at: null };
      await keep({ is_running: true });
    },
    async step(name, work) {
      if (signal?.aborted) return;
      const failure = await work().then(() => null, asPhoneError);
      if (name === "state" && !failure) status.last_contact_at = localTime();
      // What changed is said at once: a slow photo must not hide that the server is back.
      const isNews = status.steps[name]?.code !== (failure?.code ?? "ok");
      note(name, failure?.code ?? "ok", failure?.params ?? {});
      if (isNews) await keep({});
      if (failure) failures.push(failure);
      if (failure && ENDS_THE_PASS.has(failure.code)) throw failure;
    },
    end: () => keep({ is_running: false, finished_at: localTime() }),
  };
}
