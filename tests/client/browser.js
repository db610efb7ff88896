/** A browser's storage for node: IndexedDB in memory, and the phone's packages found from here. Import it before anything of the phone. */
import { createRequire } from "node:module";

const client = createRequire(new URL("../../client/package.json", import.meta.url));

// Not awaited, and first: PouchDB looks for IndexedDB when its adapter is registered.
client("fake-indexeddb/auto");

// PouchDB reads the browser's name; without Web Locks here, what they would do is left to the code that must do without.
globalThis.navigator ??= { userAgent: "node" };

let opened = 0;

/** @returns {string} a database name that no other test has */
export function freshName() {
  opened += 1;
  return `test-${process.pid}-${opened}`;
}
