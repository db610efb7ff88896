/**
 * Read the views that this phone was given: stations, code tables, orders, and what the centre says of own records.
 * Nothing here changes a feed; a record's place (on this phone, received …) comes from the log, not from here.
 */
import { listen } from "../log/channel.js";
import { loadState } from "../log/state.js";
import { digestKey, digestOf, joinedDigest, NEWEST, OWN_TYPES } from "./digest.js";
import { dropHandle, openLocal, viewAt, viewsOf } from "./local.js";
import { shownFeeds } from "./plan.js";
import { loadPulled } from "./pull.js";

/** @typedef {Object<string, any> & {_id: string, type: string}} View */

/** What the centre says of a record must hold in this epoch; these stay until the new feed is whole. */
const NEEDED_TO_WORK = ["service_order", "slot"];

/** @param {{store: import("../log/store.js").Store}} phone */
export function openFeeds({ store }) {
  let cached = new Map();
  const stop = listen(store.name, ({ changed }) => {
    if (changed === "feeds" || changed === "state") cached = new Map();
  });

  /** Once more with a new handle: another context may have replaced what this one stood on. */
  async function read(database, ask, isAgain = false) {
    try {
      return await ask(openLocal(store, database));
    } catch (error) {
      dropHandle(store, database);
      if (isAgain) throw error;
      return read(database, ask, true);
    }
  }

  const readRange = (database, type) => read(database, (local) => viewsOf(local, type));

  /** All views of a type. `onlyCurrent`: not from a feed of an epoch that is over. */
  async function load(type, { from, onlyCurrent }) {
    const shown = shownFeeds(await loadState(store), await loadPulled(store));
    const feeds = shown.filter(({ audience, isCurrent }) => audience.startsWith(from) && (isCurrent || !onlyCurrent));
    const found = [];
    for (const { database } of feeds) found.push(...(await readRange(database, type)));
    return found;
  }

  /** The feeds whose views of own records hold in this epoch. */
  async function ownFeeds() {
    const shown = shownFeeds(await loadState(store), await loadPulled(store));
    return shown.filter(({ audience, isCurrent }) => audience.startsWith("member-") && isCurrent);
  }

  async function digestFor(database, limit) {
    const kept = await store.getMeta(digestKey(database));
    if (kept && (limit <= NEWEST || kept.count <= NEWEST)) return kept;
    const views = await Promise.all(OWN_TYPES.map((type) => readRange(database, type)));
    return digestOf(views.flat(), limit);
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
  const own = (type) => views(type, { from: "member-", onlyCurrent: !NEEDED_TO_WORK.includes(type) });

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
    /** What is read and signed, in every version. @returns {Promise<View[]>} */
    notices: () => catalog("notice"),
    /** @returns {Promise<View[]>} */
    orders: () => own("service_order"),
    /** Own records of a type as the centre sees them. @param {string} type @returns {Promise<View[]>} */
    ownViews: (type) => own(type),
    /** What a station's devices are shown, by display code. @param {string} type @returns {Promise<View[]>} */
    stationViews: (type) => views(type, { from: "station-", onlyCurrent: false }),
    /** The newest of own records as a list shows them, and all that wait for their author. @param {number} limit @returns {Promise<import("./digest.js").Digest>} */
    ownNewest: async (limit) => joinedDigest(await Promise.all((await ownFeeds()).map(({ database }) => digestFor(database, limit)))),
    /** @param {string} id @returns {Promise<View|null>} */
    async ownView(id) {
      for (const { database } of await ownFeeds()) {
        const [view] = await read(database, (local) => viewAt(local, id));
        if (view) return view;
      }
      return null;
    },
    /** Stop listening for changes. */
    close: stop,
  };
}
