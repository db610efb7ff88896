/** The phone's PouchDB: one local database per pulled feed. The only file that opens or destroys one. */
import PouchDB from "pouchdb-core";
import HttpPouch from "pouchdb-adapter-http";
import IdbPouch from "pouchdb-adapter-idb";
import replication from "pouchdb-replication";

// `idb`, not `indexeddb`: only it keeps the writes of several contexts (measured: 1200 of 1200).
PouchDB.plugin(IdbPouch).plugin(HttpPouch).plugin(replication);

/** PouchDB shares one connection among handles of a name, and closing any closes all: so each is opened once and stays open. */
const handles = new WeakMap();

/** @param {import("../log/store.js").Store} store @param {string} database @returns {PouchDB.Database} */
export function openLocal(store, database) {
  const open = handles.get(store) ?? new Map();
  handles.set(store, open);
  if (!open.has(database)) open.set(database, new PouchDB(`${store.name}-feed-${database}`, { adapter: "idb", auto_compaction: true, revs_limit: 1 }));
  return open.get(database);
}

const RANGE_END = "\ufff0";

/** @param {PouchDB.Database} local @param {string} type @returns {Promise<object[]>} all its views of a type */
export const viewsOf = (local, type) => range(local, `${type}:`, `${type}:${RANGE_END}`);

/** @param {PouchDB.Database} local @param {string} id @returns {Promise<object[]>} the view of a record, or none */
export const viewAt = (local, id) => range(local, id, id);

async function range(local, startkey, endkey) {
  const { rows } = await local.allDocs({ include_docs: true, startkey, endkey });
  return rows.map((row) => row.doc);
}

/** Open it anew next time: another context has destroyed or replaced what this handle stands on. */
export function dropHandle(store, database) {
  handles.get(store)?.delete(database);
}

/** @returns {Promise<void>} also where it was never made */
export async function destroyLocal(store, database) {
  dropHandle(store, database);
  await openLocal(store, database).destroy();
  dropHandle(store, database);
}

/**
 * A feed at the server, read through this device's session. @param {object} session
 * @returns {{remote: PouchDB.Database, failure: () => import("../log/errors.js").PhoneError|null}} `failure`: what PouchDB's own error hides
 */
export function openRemote(session, database) {
  let last = null;
  const through = async (url, init) => {
    last = null;
    try {
      return await session.request(url, init);
    } catch (error) {
      last = error;
      throw error;
    }
  };
  // Without skip_setup a 404 would be answered with a PUT.
  const remote = new PouchDB(new URL(`/db/${database}`, session.origin).href, { adapter: "http", fetch: through, skip_setup: true });
  // Asked for a progress bar that nobody shows, twice a pull, and its failure is an unhandled rejection.
  remote.info = async () => ({ update_seq: "0" });
  remote.bulkGet = (options) => bulkGet(session, database, through, options);
  return { remote, failure: () => last };
}

/** PouchDB's own takes one failed `_bulk_get` for "not supported" and asks document by document for the life of the page. */
async function bulkGet(session, database, through, { docs }) {
  const url = new URL(`/db/${database}/_bulk_get?revs=true&latest=true`, session.origin).href;
  const headers = new Headers({ "Content-Type": "application/json", Accept: "application/json" });
  const response = await through(url, { method: "POST", headers, body: JSON.stringify({ docs }) });
  if (!response.ok) throw Object.assign(new Error(`_bulk_get answered ${response.status}`), { status: response.status });
  return response.json();
}
