/**
 * A small index of the member's own records in a feed, made whenever it was pulled: the newest ones and those that wait for their author, each as
 * a list shows it. A list then opens no PouchDB and reads no thousand views.
 */

export const OWN_TYPES = ["lead", "check_event"];
/** States in which the centre waits for the author. */
const WAITS_FOR_AUTHOR = new Set(["returned"]);
/** How many of the newest are kept: some screenfuls. */
export const NEWEST = 200;

/** @typedef {{_id: string, type: string, at: string, state?: string, title?: string, kind?: string, order?: string, station?: string}} ListedView */
/** @typedef {{count: number, newest: ListedView[], waiting: ListedView[]}} Digest */

/** @param {object} view @returns {boolean} */
export function waitsForAuthor(view) {
  return WAITS_FOR_AUTHOR.has(view?.state);
}

/** @param {object[]} views own records as the centre sees them @param {number} [most] @returns {Digest} newest first */
export function digestOf(views, most = NEWEST) {
  const listed = views.map(listedView).sort((a, b) => (a.at < b.at ? 1 : -1));
  return { count: listed.length, newest: listed.slice(0, most), waiting: listed.filter(waitsForAuthor) };
}

/** Several feeds' as one. @param {Digest[]} digests @returns {Digest} */
export function joinedDigest(digests) {
  const all = (name) => digests.flatMap((digest) => digest[name]).sort((a, b) => (a.at < b.at ? 1 : -1));
  return { count: digests.reduce((sum, { count }) => sum + count, 0), newest: all("newest"), waiting: all("waiting") };
}

function listedView({ _id, type, at, received_at, state, title, kind, order, station }) {
  return { _id, type, at: at ?? received_at, state, title, kind, order, station };
}

/** Under which key of the phone's `meta` the digest of a local feed is kept. @param {string} database */
export const digestKey = (database) => `digest:${database}`;
