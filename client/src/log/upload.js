/**
 * Send one photo by resumable upload (tus 1.0), from where the server has it. The upload's address is kept with the photo, so that a
 * reload or a new day goes on with the rest. Loaded only when there is something to send.
 */
import { Upload } from "tus-js-client";
import { loadPhoto } from "./drafts.js";
import { PhoneError, asPhoneError } from "./errors.js";
import { changeMedia } from "./media.js";
import { asFailure } from "./session.js";
import { loadState } from "./state.js";

const ENDPOINT = "/sync/media/";
const CHUNK_BYTES = 256 * 1024;
const CHUNK_TIMEOUT_MS = 120_000;
/** The server will not take this file for this entry: shown to the person, and tried again only when a verdict row asks for it. */
const REFUSED = new Set([404, 413, 415, 422]);
const UPLOAD_GONE = new Set([404, 410]);

/**
 * @param {object} row of the media store
 * @returns {Promise<"sent"|"refused"|"entry_missing">} `entry_missing`: the server does not know the entry (yet)
 * @throws {PhoneError} server_away, busy, revoked, sign_in_refused, server_error, photo_missing
 */
export async function upload(store, session, row) {
  const blob = await loadPhoto(store, row.photo, row.type);
  if (!blob) throw new PhoneError("photo_missing", { entry: row.entry, number: row.number });
  try {
    await send(store, session, row, blob);
  } catch (failure) {
    return settle(store, row, failure);
  }
  return keepSent(store, row);
}

async function settle(store, row, { status, name, error, isCreation }) {
  if (name === "already_complete") return keepSent(store, row);
  if (isCreation && (REFUSED.has(status) || name === "too_many_mismatches")) {
    await changeMedia(store, row, { state: "refused", reason: name || "refused", upload_url: null });
    return "refused";
  }
  await changeMedia(store, row, { state: "queued", ...(UPLOAD_GONE.has(status) ? { upload_url: null } : {}) });
  if (name === "entry_missing") return "entry_missing";
  throw error;
}

async function keepSent(store, row) {
  const epoch = (await loadState(store, row.device))?.epoch ?? null;
  await changeMedia(store, row, { state: "sent", sent_bytes: row.size, sent_at: Date.now(), epoch, reason: null });
  return "sent";
}

/** @throws {{error: PhoneError, status: number|null, name: string, isCreation?: boolean}} */
function send(store, session, row, blob) {
  return new Promise((resolve, reject) => {
    const stack = fetchStack(session);
    const keep = (changes) => changeMedia(store, row, changes).catch((error) => stop(error));
    const stop = async (error) => {
      await upload.abort();
      reject({ error: asPhoneError(error), status: null, name: "" });
    };
    const upload = new Upload(blob, {
      endpoint: new URL(ENDPOINT, session.origin).href,
      uploadUrl: row.upload_url,
      uploadSize: blob.size,
      chunkSize: CHUNK_BYTES,
      // Passes are the retries: they know of networks, batteries and Retry-After.
      retryDelays: null,
      storeFingerprintForResuming: false,
      metadata: { entry: String(row.entry), number: String(row.number), sha256: row.sha256, type: row.type },
      httpStack: stack,
      fileReader: blobReader,
      fingerprint: async () => null,
      onUploadUrlAvailable: () => keep({ upload_url: upload.url, state: "sending" }),
      onChunkComplete: (_size, sentBytes) => keep({ sent_bytes: sentBytes }),
      onSuccess: resolve,
      onError: (error) => failureOf(error, stack.lastFailure).then(reject),
    });
    upload.start();
  });
}

async function failureOf(error, lastFailure) {
  if (lastFailure) return { error: lastFailure, status: null, name: "" };
  const response = error.originalResponse?.getUnderlyingObject();
  if (!response) return { error: new PhoneError("server_away", { message: error.message }), status: null, name: "" };
  const isCreation = error.originalRequest?.getMethod() === "POST";
  const { error: name = "" } = await response.clone().json().catch(() => ({}));
  // Not at this offset, or too early: nothing is wrong with the photo, the next pass asks where to go on.
  const isPassing = response.status === 409 || response.status === 423;
  return { error: isPassing ? new PhoneError("busy", { retry_after_s: null }) : await asFailure(response), status: response.status, name, isCreation };
}

/** Read a Blob by slices, in every context alike. */
const blobReader = {
  async openFile(blob) {
    return {
      size: blob.size,
      async slice(start, end) {
        // In memory: a slice of a Blob kept in IndexedDB cannot be sent by every browser's worker.
        const value = new Blob([await blob.slice(start, end).arrayBuffer()]);
        return { value, done: end >= blob.size };
      },
      close() {},
    };
  },
};

/** tus over this device's session: same headers, same renewal of a session that is over, and it works where there is no XMLHttpRequest. */
function fetchStack(session) {
  const stack = {
    lastFailure: null,
    getName: () => "session",
    createRequest(method, url) {
      const headers = {};
      const abort = new AbortController();
      let onProgress = () => {};
      return {
        getMethod: () => method,
        getURL: () => url,
        setHeader: (name, value) => { headers[name] = value; },
        getHeader: (name) => headers[name],
        setProgressHandler: (handler) => { onProgress = handler; },
        async send(body = null) {
          const init = { method, headers, body: body ?? undefined, signal: abort.signal, timeoutMs: CHUNK_TIMEOUT_MS };
          const response = await session.request(url, init).catch((error) => {
            stack.lastFailure = asPhoneError(error);
            throw error;
          });
          onProgress(body?.size ?? 0);
          return answerOf(response);
        },
        abort: async () => abort.abort(),
        getUnderlyingObject: () => null,
      };
    },
  };
  return stack;
}

function answerOf(response) {
  return {
    getStatus: () => response.status,
    getHeader: (name) => response.headers.get(name) ?? undefined,
    getBody: () => "",
    getUnderlyingObject: () => response,
  };
}
