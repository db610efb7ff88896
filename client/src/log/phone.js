/**
 * What the app may ask of this phone: its identity, its log, its drafts and photos, and where each of them is.
 * Every method answers from local storage; only `enrol` and `signOut` use the network. It never deletes anything submitted.
 */
import { appendEntry } from "./append.js";
import { announce } from "./channel.js";
import { createDrafts } from "./drafts.js";
import { enrol } from "./enrol.js";
import { loadIdentity, setFlags } from "./identity.js";
import { nextLocalRef } from "./local_ref.js";
import { createMedia } from "./media.js";
import { countUnsent, findEntry, isOf, listEntries, openEntries, recentEntries } from "./overview.js";
import { createSession } from "./session.js";
import { loadState } from "./state.js";
import { signOut } from "./sign_out.js";
import { storageReport } from "./storage.js";
import { openStore } from "./store.js";

/**
 * Where the work stands, in this order of a record's life.
 * @typedef {"on_phone"|"at_centre_checking"|"received"|"needs_you"} Where
 * @typedef {{code: string, params: Object<string, unknown>}} Reason catalog key is `reason.<code>`; flags `flag.<code>`
 * @typedef {{where: Where, reasons: Reason[], flags: Reason[], number: string|null}} Place `number`: the official number, once allotted
 * @typedef {{role: string, scope: string}} Role
 * @typedef {{device: string, member: string, display_name: string, roles: Role[], label: string, revoked: boolean,
 *   locked: boolean, must_re_enrol: boolean, enrolled_at: string}} Identity
 * @typedef {{lat: number, lng: number, accuracy_m: number, datum: string}} Position
 * @typedef {{photo: string, sha256: string, size: number, type: string, taken_at: string, position?: Position,
 *   original?: {sha256: string, size: number}}} DraftPhoto
 * @typedef {{id: string, type: string, fields: Object<string, unknown>, photos: DraftPhoto[], begun_at: string, saved_at: string}} Draft
 * @typedef {"queued"|"sending"|"sent"|"verified"|"refused"|"gone"} MediaState `sent`: all bytes are there, not yet verified;
 *   `gone`: freed here after a backup, and not (yet) named by a restored server
 * @typedef {{number: number, sha256: string, size: number, type: string, state: MediaState, sent_bytes: number,
 *   reason: string|null, is_here: boolean}} MediaRow `is_here`: the bytes are still on this phone
 * @typedef {{id: string, type: string, device: string, entry: number, at: string, author: string, role: string, hash: string,
 *   body: Object<string, unknown>, place: Place, media: MediaRow[]}} EntryRow
 * @typedef {{entries: number, photos: number, photo_bytes: number, drafts: number, oldest_at: string|null}} Unsent
 * @typedef {{code: string, params: Object<string, unknown>, at: string}} StepStatus catalog key is `sync.<code>`: ok, server_away,
 *   busy {retry_after_s}, revoked, sign_in_refused, not_enrolled, keys_missing, server_error {status, error, reason}, storage_full,
 *   feed_failed {feed, status, message}, feed_incomplete {feed}, photo_missing {entry, number}, media_waits, unexpected {message}
 * @typedef {{steps: {state?: StepStatus, push?: StepStatus, media?: StepStatus, feeds?: StepStatus, orders?: StepStatus},
 *   is_running: boolean, last_contact_at: string|null, finished_at: string|null}} SyncStatus
 */

/**
 * A refusal that the app shows: `code` is a catalog key `phone_error.<code>`, `path` the field it concerns ("" for none).
 * Codes: not_enrolled, already_enrolled, code_refused, too_many_tries, server_away, server_error, draft_missing, photo_too_many,
 * unsent_left, storage_failed, storage_full, unexpected. A refusal of `append` has a `path` and one of the codes that the server uses
 * (`reason.<code>`): text_broken, forbidden_key, too_deep, number_out_of_range, not_json, reserved_member, too_large.
 * @typedef {import("./errors.js").PhoneError} PhoneError
 */

export class Phone {
  /** @param {{store: import("./store.js").Store, session: object, build: string}} parts use `openPhone` */
  constructor({ store, session, build }) {
    this.store = store;
    this.session = session;
    this.build = build;
    /** Drafts: `begin(type)`, `get(id)`, `list()`, `save(id, fields)`, `addPhoto(id, blob, meta)`, `removePhoto(id, photo)`, `photoBlob(photo)`, `discard(id)`. */
    this.drafts = createDrafts(store);
    /** Photos of submitted entries: `list(recordId)`, `blob(recordId, number)` (null when the bytes have left the phone). */
    this.media = createMedia(store);
  }

  /** @returns {Promise<Identity|null>} null before enrolment and after sign-out */
  identity() {
    return loadIdentity(this.store);
  }

  /**
   * Enrol this phone by a one-time code; makes both key pairs. @param {{code: string, label: string}} form
   * @returns {Promise<Identity>} @throws {PhoneError} code_refused, too_many_tries, already_enrolled, server_away, server_error
   */
  enrol(form) {
    return enrol(this.store, this.session, form, this.build);
  }

  /**
   * Seal one entry into the log, at once and durably. Idempotent by `id`: a second call returns the row that is there.
   * `parts` are the erasable values by name; `photos` become `body.media` in their order.
   * `author`: who acts at a shared tablet (operators.js); everywhere else it is the member.
   * @param {{id: string, type: string, role: string, body: object, parts?: Object<string, unknown>, photos?: DraftPhoto[], schema?: number, author?: string}} draft
   * @returns {Promise<{id: string, device: string, entry: number, hash: string}>}
   * @throws {PhoneError} with `path` naming the field, before anything is signed
   */
  append(draft) {
    return appendEntry(this.store, draft, this.build);
  }

  /** A number for paper that this phone has not given yet: `7F3A-012`. */
  nextLocalRef() {
    return nextLocalRef(this.store);
  }

  /**
   * Submit a draft: append with its id and photos, and drop the draft in the same transaction.
   * @param {string} id @param {{role: string, body: object, schema?: number, parts?: Object<string, unknown>, photos?: DraftPhoto[]}} sealed `body` as the schema wants it,
   *   without `media`; `photos` where the draft has been read already
   */
  async submit(id, sealed) {
    const photos = sealed.photos ?? (await this.drafts.get(id))?.photos ?? [];
    return this.append({ id, type: id.slice(0, id.indexOf(":")), ...sealed, photos });
  }

  /**
   * All entries of the member who is enrolled, newest first, each with its place; none of a member before them, whose log may still be here.
   * @param {{type?: string}} [filter] @returns {Promise<EntryRow[]>}
   */
  async entries(filter = {}) {
    const [rows, identity] = await Promise.all([listEntries(this.store, filter), this.identity()]);
    return rows.filter((row) => isOf(row, identity));
  }

  /**
   * The newest entries of the member who is enrolled, without reading the others. @param {number} limit
   * @returns {Promise<{rows: EntryRow[], count: number}>} `count`: of all that there are
   */
  async recent(limit) {
    const identity = await this.identity();
    return identity ? recentEntries(this.store, identity.member, limit) : { rows: [], count: 0 };
  }

  /** The entries of the member who is enrolled that are not settled: unsent, unjudged, refused, or with photos to come. @returns {Promise<EntryRow[]>} */
  async open() {
    const [rows, identity] = await Promise.all([openEntries(this.store), this.identity()]);
    return rows.filter((row) => isOf(row, identity));
  }

  /** @param {string} id record id @returns {Promise<EntryRow|null>} null for another member's as well */
  async entry(id) {
    const [row, identity] = await Promise.all([findEntry(this.store, id), this.identity()]);
    return row && isOf(row, identity) ? row : null;
  }

  /** What has not reached the centre yet, whoever wrote it here. @returns {Promise<Unsent>} */
  unsent() {
    return countUnsent(this.store);
  }

  /** Entries that need the person, with reasons: refused at the centre or by the door. @returns {Promise<EntryRow[]>} */
  async refusals() {
    return (await this.open()).filter((row) => row.place.where === "needs_you");
  }

  /** What the last sync pass did, step by step. @returns {Promise<SyncStatus>} */
  async status() {
    return (await this.store.getMeta("status")) ?? { steps: {}, is_running: false, last_contact_at: null, finished_at: null };
  }

  /** The last state the server gave (feeds, ack, epoch), or null. */
  state() {
    return loadState(this.store);
  }

  /** Ask whoever syncs (worker or page) for a pass now. */
  syncNow() {
    announce(this.store.name, { ask: "sync" });
  }

  /** @returns {Promise<{is_persistent: boolean, usage_bytes: number|null, quota_bytes: number|null, can_store_blobs: boolean, warnings: Reason[]}>}
   * warnings: not_persistent, storage_low {free_bytes}, unsent_old {days, count}, no_blobs; catalog key `storage.<code>` */
  storage() {
    return storageReport(this.store);
  }

  /** The person proved to be the one: lift a lock that an order set. */
  async unlock() {
    await setFlags(this.store, { locked: false });
    announce(this.store.name, { changed: "state" });
  }

  /** End the session and forget the identity. @throws {PhoneError} unsent_left {entries, photos, drafts} while work is unsent */
  signOut() {
    return signOut(this.store, this.session);
  }
}

/**
 * Open this phone's storage; cheap to call again. `name` is the database, `origin` and `fetch` reach the server.
 * @param {{build: string, name?: string, origin?: string, fetch?: typeof fetch}} options
 * @returns {Promise<Phone>} @throws {PhoneError} storage_failed when the browser gives no storage within 5 s
 */
export async function openPhone({ build, name = "liandong", origin = globalThis.location?.origin, fetch = globalThis.fetch }) {
  const store = await openStore(name);
  return new Phone({ store, session: createSession({ store, origin, fetch, build }), build });
}
