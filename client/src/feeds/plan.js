/** Which feeds to pull, and which to show. Pure. */

const DATABASE = /^(?<audience>[a-z][a-z0-9_$()+-]*)-(?<epoch>[0-9a-f]{12})$/;

/** @param {string} database @returns {{audience: string, epoch: string}|null} null for a name that is no feed's */
export function partsOf(database) {
  return DATABASE.exec(database)?.groups ?? null;
}

/**
 * @param {Object<string, unknown>} wanted `feeds` of the state: database to version
 * @param {Object<string, {database: string, version: unknown}>} pulled by audience
 * @returns {{audience: string, database: string, version: unknown, replaces: string|null}[]} to pull, `catalog` first
 */
export function feedsToPull(wanted, pulled) {
  return Object.entries(wanted)
    .map(([database, version]) => ({ database, version, ...partsOf(database) }))
    .filter(({ audience }) => audience)
    .filter(({ audience, database, version }) => pulled[audience]?.database !== database || pulled[audience].version !== version)
    .map(({ audience, database, version }) => {
      const before = pulled[audience]?.database ?? null;
      return { audience, database, version, replaces: before === database ? null : before };
    })
    .sort((a, b) => rank(a.audience) - rank(b.audience));
}

const rank = (audience) => (audience === "catalog" ? 0 : audience.startsWith("member-") ? 1 : 2);

/**
 * @param {{epoch: string, ack: object|null, feeds: Object<string, unknown>}|null} state
 * @param {Object<string, {database: string}>} pulled by audience
 * @returns {{audience: string, database: string, isCurrent: boolean}[]} `isCurrent`: what it says of records holds in this epoch.
 *   A feed that the state no longer names is not shown; its bytes go by order.
 */
export function shownFeeds(state, pulled) {
  if (!state) return [];
  const named = new Set(Object.keys(state.feeds).map((database) => partsOf(database)?.audience));
  return Object.entries(pulled)
    .map(([audience, { database }]) => ({ audience, database, isCurrent: database in state.feeds }))
    .filter(({ audience, database, isCurrent }) => isCurrent || (partsOf(database)?.epoch !== state.epoch && (named.has(audience) || state.ack === null)));
}
