/**
 * Send to the door what the state says is missing. What was sent is believed only as "at the centre, being checked";
 * a row that the door refuses stays on the phone with the reason.
 */
import { announce } from "./channel.js";
import { logDocument, logId } from "./entry.js";
import { PhoneError } from "./errors.js";
import { utf8 } from "./digest.js";
import { requireIdentity } from "./identity.js";
import { batches, missingEntries } from "./push_plan.js";
import { asFailure } from "./session.js";
import { loadState } from "./state.js";

const DOOR = "/db/logs/_bulk_docs";
const ROW_HEADER = "Liandong-Row";
const GZIP_FROM_BYTES = 2048;
const TIMEOUT_MS = 60_000;
const CODE = /^[a-z]+(_[a-z]+)*$/;
const CANNOT_SPLIT = new Set([400, 413]);

/** @returns {Promise<{sent: number, refused: number}>} @throws {PhoneError} server_away, busy, revoked, sign_in_refused, server_error */
export async function push(store, session) {
  const { device } = await requireIdentity(store);
  const [numbers, sent, state] = await Promise.all([store.entryNumbers(device), store.rowsOf("sent", device), loadState(store, device)]);
  const missing = missingEntries({ numbers, state, sent, nowMs: Date.now() });
  const rows = [];
  for (const entry of missing) {
    const document = logDocument(await store.db.get("log", [device, entry]));
    const text = JSON.stringify(document);
    rows.push({ entry, text, bytes: utf8(text).length });
  }
  const total = { sent: 0, refused: 0 };
  for (const batch of batches(rows)) await sendBatch({ store, session, device, epoch: state?.epoch ?? null, total }, batch);
  return total;
}

async function sendBatch(push, batch) {
  const response = await post(push.session, batch);
  if (CANNOT_SPLIT.has(response.status)) return batch.length > 1 ? halve(push, batch) : sendAlone(push, batch[0]);
  return keepAnswer(push, batch, response);
}

async function halve(push, batch) {
  const middle = Math.ceil(batch.length / 2);
  await sendBatch(push, batch.slice(0, middle));
  await sendBatch(push, batch.slice(middle));
}

/** The one row that spoils a batch: named in a header, so that the door keeps its bytes whatever they are. */
async function sendAlone(push, row) {
  const response = await post(push.session, [row], { [ROW_HEADER]: logId(push.device, row.entry) });
  if (!CANNOT_SPLIT.has(response.status)) return keepAnswer(push, [row], response);
  await keepRow(push, row, { isTaken: false, reasons: [{ code: "door_will_not_take", params: { status: response.status } }] });
}

async function post(session, batch, extra = {}) {
  const text = `{"docs":[${batch.map((row) => row.text).join(",")}]}`;
  const { body, headers } = await packed(text);
  return session.request(DOOR, { method: "POST", body, headers: { "Content-Type": "application/json", ...headers, ...extra }, timeoutMs: TIMEOUT_MS });
}

async function packed(text) {
  const bytes = utf8(text);
  if (bytes.length < GZIP_FROM_BYTES || typeof CompressionStream === "undefined") return { body: bytes, headers: {} };
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return { body: await new Response(stream).arrayBuffer(), headers: { "Content-Encoding": "gzip" } };
}

async function keepAnswer(push, batch, response) {
  if (response.status !== 201) throw await asFailure(response);
  const answers = await response.json().catch(() => null);
  if (!Array.isArray(answers)) throw new PhoneError("server_error", { status: 201, error: "not_json", reason: "" });
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  for (const row of batch) {
    const answer = byId.get(logId(push.device, row.entry));
    // A row without an answer, or with an error that passes, is sent again by the next pass.
    if (answer?.ok || answer?.error === "conflict") await keepRow(push, row, { isTaken: true, reasons: null });
    else if (answer?.error === "forbidden") await keepRow(push, row, { isTaken: true, reasons: [doorReason(answer)] });
  }
  announce(push.store.name, { changed: "state" });
}

/** The bytes are stored at the door, but not as an entry: shown until ingest says more in its verdict. */
function doorReason({ reason }) {
  return CODE.test(reason ?? "") ? { code: reason, params: {} } : { code: "door_refused", params: { reason: reason ?? "" } };
}

async function keepRow({ store, device, epoch, total }, { entry }, { isTaken, reasons }) {
  const transaction = store.db.transaction(["sent", "refusals"], "readwrite");
  await transaction.objectStore("sent").put({ device, entry, epoch, at_ms: Date.now(), is_taken: isTaken });
  if (reasons) await transaction.objectStore("refusals").put({ device, entry, epoch, reasons });
  else await transaction.objectStore("refusals").delete([device, entry]);
  await transaction.done;
  if (isTaken) total.sent += 1;
  if (reasons) total.refused += 1;
}
