/**
 * Read the views that this phone was given: stations, code tables, orders, and what the centre says of own records.
 * Nothing here changes a feed; a record's place (on this phone, received …) comes from the log, not from here.
 */
import { listen } from "../log/channel.js";
import { loadState } from "../log/state.js";
import { dropHandle, openLocal } from "./local.js";
import { shownFeeds } from "./plan.js";
import { loadPulled } from "./pull.js";

const RANGE_END = "\ufff0";

/** @typedef {Object<string, any> & {_id: string, type: string}} View */

/** @param {{store: import("../log/store.js").Store}} phone */
export function openFeeds({ store }) {
  let cached = new Map();
  const stop = listen(store.name, ({ changed }) => {
    if (changed === "feeds" || changed === "state") cached = new Map();
  });

  async function readRange(database, type, isAgain = false) {
    try {
      const { rows } = await openLocal(store, database).allDocs({ include_docs: true, startkey: `${type}:`, endkey: `${type}:${RANGE_END}` });
      return rows.map((row) => row.doc);
    } catch (error) {
      dropHandle(store, database);
      if (isAgain) throw error;
      return readRange(database, type, true);
    }
  }

  /** All views of a type. `onlyCurrent`: not from a feed of an epoch that is over. */
  async function load(type, { from, onlyCurrent }) {
    const shown = shownFeeds(await loadState(store), await loadPulled(store));
    const feeds = shown.filter(({ audience, isCurrent }) => audience.startsWith(from) && (isCurrent || !onlyCurrent));
    const found = [];
    for (const { database } of feeds) found.push(...(await readRange(database, type)));
    return found;
  }

  /** The promise is kept, so that one screen reads a type once. @returns {Promise<View[]>} */
  function views(type, where) {
    const key = `${type} ${where.from} ${where.onlyCurrent}`;
    if (!cached.has(key)) {
      const into = cached;
      into.set(key, load(type, where).catch((error) => {
        into.delete(key);
        throw error;
      }));
    }
    return cached.get(key);
  }

  const catalog = (type) => views(type, { from: "catalog", onlyCurrent: false });
  /** What the centre says of a record must hold in this epoch; an order is needed to work, and stays until the new feed is whole. */
  const own = (type) => views(type, { from: "member-", onlyCurrent: type !== "service_order" });

  return {
    /** @returns {Promise<View[]>} */
    stations: () => catalog("station"),
    /** @param {string} id @returns {Promise<View|null>} */
    station: async (id) => (await catalog("station")).find((view) => view._id === id) ?? null,
    /** The newest version of a code table in force. @param {"domain"|"township"} table @returns {Promise<View|null>} */
    async codeTable(table, now = new Date()) {
      const tables = (await catalog("code_table")).filter((view) => view.table === table && !(Date.parse(view.valid_from) > now.getTime()));
      return tables.sort((a, b) => b.version - a.version)[0] ?? null;
    },
    /** @returns {Promise<View[]>} */
    orders: () => own("service_order"),
    /** Own records of a type as the centre sees them. @param {string} type @returns {Promise<View[]>} */
    ownViews: (type) => own(type),
    /** @param {string} id @returns {Promise<View|null>} */
    ownView: async (id) => (await own(id.slice(0, id.indexOf(":")))).find((view) => view._id === id) ?? null,
    /** Stop listening for changes. */
    close: stop,
  };
}
