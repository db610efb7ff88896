/**
 * What the server says of this phone's log: fetched, verified, kept. A new epoch drops every ack and verdict at once,
 * so that nothing is shown as received that the restored server does not hold.
 */
import { announce } from "./channel.js";
import { PhoneError } from "./errors.js";
import { requireIdentity, setFlags } from "./identity.js";
import { keepBeacon } from "./server_clock.js";
import { endSettled } from "./settled.js";
import { stateKey } from "./state_key.js";
import { asFailure } from "./session.js";
import { mediaAfterVerdict, mediaInNewEpoch } from "./media_state.js";

const TRANSFER_MS = 30_000;
const BEACON_HEADER = "Liandong-Beacon";
const PAGES_AT_MOST = 1000;

/** @returns {Promise<{epoch: string, ack: object|null, through_before: number, cursor: string|null, etag: string|null, feeds: Object<string, unknown>, orders: object[], roles: object[]}|null>} */
export async function loadState(store, device) {
  const of = device ?? (await store.getMeta("identity"))?.device;
  return (of && (await store.getMeta(stateKey(of)))) ?? null;
}

/**
 * Ask for the state and keep it. @param {{waitS?: number, signal?: AbortSignal}} [options] `waitS`: let the server wait for a change
 * @returns {Promise<{isChanged: boolean}>}
 */
export async function fetchState(store, session, { waitS = 0, signal } = {}) {
  const identity = await requireIdentity(store);
  let isChanged = false;
  for (let page = 0; page < PAGES_AT_MOST; page += 1) {
    const known = await loadState(store, identity.device);
    const answer = await ask(session, known, { waitS: page ? 0 : waitS, signal, isFirst: page === 0 });
    if (!answer.body) {
      await keepBeacon(store, answer.beacon, identity.server_key);
      break;
    }
    isChanged = true;
    await keepBeacon(store, answer.body.beacon, identity.server_key);
    const next = await keep(store, identity, known, answer);
    if (!next.hasMore) break;
  }
  if (isChanged) announce(store.name, { changed: "state" });
  return { isChanged };
}

async function ask(session, known, { waitS, signal, isFirst }) {
  const query = new URLSearchParams();
  if (known?.cursor) query.set("verdicts_since", known.cursor);
  if (waitS) query.set("wait", String(waitS));
  const headers = isFirst && known?.etag ? { "If-None-Match": known.etag } : {};
  const response = await session.request(`/sync/state?${query}`, { headers, signal, timeoutMs: waitS * 1000 + TRANSFER_MS });
  if (response.status === 304) return { body: null, beacon: parseBeacon(response.headers.get(BEACON_HEADER)) };
  // A cursor of before a restore may mean nothing to this server: begin again without it.
  if (response.status === 400 && known?.cursor) return ask(session, { ...known, cursor: null, etag: null }, { waitS: 0, signal, isFirst: false });
  if (!response.ok) throw await asFailure(response);
  const body = await response.json().catch(() => { throw new PhoneError("server_error", { status: response.status, error: "not_json", reason: "" }); });
  return { body, etag: response.headers.get("ETag"), askedSince: query.get("verdicts_since") };
}

function parseBeacon(header) {
  try {
    return header ? JSON.parse(header) : undefined;
  } catch {
    // A proxy's damage: without a beacon the next entry names the last good one.
    return undefined;
  }
}

/** @returns {Promise<{hasMore: boolean}>} */
async function keep(store, identity, known, { body, etag, askedSince }) {
  const isNewEpoch = known !== null && known.epoch !== body.epoch;
  // Verdicts after a cursor of another epoch may have a hole before them: ask again from the beginning.
  const mustRestart = isNewEpoch && askedSince !== null;
  const page = mustRestart ? null : body.ack?.verdicts;
  const { device } = identity;
  const transaction = store.db.transaction(["meta", "verdicts", "sent", "refusals", "media"], "readwrite");
  if (isNewEpoch) await forgetEpoch(transaction, device);
  const verdicts = page?.rows ?? [];
  for (const row of verdicts) await keepVerdict(transaction, device, row, body.epoch);
  await endSettled(transaction, device, verdicts.map((row) => row.entry));
  await transaction.objectStore("meta").put({
    epoch: body.epoch,
    ack: ackOf(body.ack),
    // While a restored server reads its logs it acknowledges nothing; what it held before is not sent again until it speaks.
    through_before: body.ack ? 0 : (known?.ack?.through ?? known?.through_before ?? 0),
    cursor: mustRestart ? null : (page?.cursor ?? (isNewEpoch ? null : known?.cursor) ?? null),
    etag: mustRestart || page?.more ? null : etag,
    feeds: body.feeds ?? {},
    // As they came: orders.js verifies them on every pass, so that a crash between here and there loses none.
    orders: body.orders ?? [],
    roles: body.member?.roles ?? known?.roles ?? identity.roles,
    station: body.station,
  }, stateKey(device));
  await transaction.done;
  const isForked = Boolean(body.ack?.fork) || (await isContinuedElsewhere(store, device, body.ack));
  await setFlags(store, { revoked: body.member?.revoked ?? false, ...(isForked ? { must_re_enrol: true } : {}) });
  return { hasMore: mustRestart || Boolean(page?.more) };
}

/** The centre has entries of this device that this phone never wrote: a copied profile, and any further entry here would be a fork. */
async function isContinuedElsewhere(store, device, ack) {
  return Boolean(ack?.through) && (await store.db.count("log", [device, ack.through])) === 0;
}

function ackOf(ack) {
  if (!ack) return null;
  const { through, head, beyond, backed_up_through, fork } = ack;
  return { through: through ?? 0, head: head ?? null, beyond: beyond ?? [], backed_up_through: backed_up_through ?? 0, fork: fork ?? null };
}

const everything = (device) => IDBKeyRange.bound([device], [device, []]);

async function forgetEpoch(transaction, device) {
  for (const name of ["verdicts", "sent", "refusals"]) transaction.objectStore(name).delete(everything(device));
  const media = transaction.objectStore("media");
  for (const row of await media.getAll(everything(device))) {
    await media.put(mediaInNewEpoch(row));
  }
}

async function keepVerdict(transaction, device, row, epoch) {
  await transaction.objectStore("verdicts").put({ ...row, device, epoch });
  const media = transaction.objectStore("media");
  for (const kept of await media.getAll(IDBKeyRange.bound([device, row.entry], [device, row.entry, []]))) {
    const said = (row.media ?? []).find(({ number }) => number === kept.number) ?? { state: "missing" };
    const next = mediaAfterVerdict(kept, said, epoch, Date.now());
    if (next) await media.put(next);
  }
}
