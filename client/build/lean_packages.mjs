/**
 * Builds PouchDB for what a phone does with it, pull a feed into IndexedDB and read it, and htmx and Hono without what no screen uses.
 * What writes documents, keeps attachments, filters changes, replicates both ways or migrates from old formats is left out.
 * The build fails when a part that it cuts is not there, so a new version is looked at again.
 */
import { parse } from "acorn";
import { readFile } from "node:fs/promises";

/** Packages in place of those that PouchDB asks for. */
const INSTEAD = {
  // The one that is made for browsers is half of node's. PouchDB never runs its constructor: what that makes is made when first asked for.
  events: `
    import { EventEmitter } from "eventemitter3";
    const keep = (emitter, value) => Object.defineProperty(emitter, "_events", { value, writable: true })._events;
    Object.defineProperty(EventEmitter.prototype, "_events", {
      get() { return keep(this, Object.create(null)); },
      set(value) { keep(this, value); },
    });
    Object.defineProperty(EventEmitter.prototype, "_eventsCount", { value: 0, writable: true });
    export default EventEmitter;`,
  uuid: `export const v4 = () => crypto.randomUUID();`,
  // For documents nested so deep that JSON itself fails; an entry may have 32 levels.
  vuvuzela: `export default JSON;`,
  // Feeds are pulled whole: nothing selects.
  "pouchdb-changes-filter": `export default () => {};`,
  "pouchdb-md5": `
    // Only names a replication's checkpoint here; revisions and attachments, which have digests too, are made by the server.
    export function binaryMd5(text, done) {
      crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)).then((bytes) => done(btoa(String.fromCharCode(...new Uint8Array(bytes)))));
    }
    export function stringMd5() {
      throw new Error("no revision is made here");
    }`,
};

const gone = (...names) => Object.fromEntries(names.map((name) => [name, ""]));

/** Members and bodies of functions, by file, with what stands in their place: what only they use goes as well. */
const CUT = {
  "pouchdb-core/lib/index.es.js": {
    ...gone("this.post", "this.remove", "this.putAttachment", "this.getAttachment", "this.removeAttachment", "this.registerDependentDatabase"),
    ...gone("AbstractPouchDB.prototype.purge", "PouchDB.defaults", "this.compact", "this.compactDocument", "_compact", "this.bulkGet", "this.info"),
    // Asked for by name alone, and never by a name that hides one.
    "function parseAdapter": `return { name: opts.adapter === "idb" ? PouchDB.prefix + name : name, adapter: opts.adapter };`,
    // Checkpoints; documents are read by allDocs and written as they were pulled.
    "this.get": `this.get = adapterFun("get", function (id, opts, done) { this._getLocal(id, done ?? opts); });`,
    "this.put": `this.put = adapterFun("put", function (doc, opts, done) { this._putLocal({ ...doc }, done ?? opts); });`,
  },
  "pouchdb-adapter-http/lib/index.es.js": gone(
    "function setup", "api.get", "api.bulkGet", "api.allDocs", "api.getAttachment", "api.putAttachment", "api.removeAttachment", "api.remove", "api.compact",
    "api._bulkDocs", "api._put", "api.revsDiff", "api._destroy", "api._info",
  ),
  // Who listens to a local feed hears it over our own channel.
  "pouchdb-utils/lib/index-browser.es.js": gone("body addListener", "body notifyLocalWindows", "function logApiCall"),
  "pouchdb-adapter-utils/lib/index.es.js": {
    "function preprocessAttachments": "callback();",
    // It writes a Blob with each opening; log/store.js has asked the same once.
    "function checkBlobSupport": "return Promise.resolve(true);",
  },
  "pouchdb-adapter-idb/lib/index.es.js": {
    ...gone("api._get", "api._getAttachment", "api._doCompaction", "api._changes", "api._info", "api._removeLocal"),
    ...gone("function addDeletedOrLocalIndex", "function migrateLocalStore", "function migrateAttsAndSeqs", "function migrateMetadata"),
    ...gone("function writeAttachments", "function deleteOrphanedAttachments", "function allDocsKeys"),
    "function fetchAttachmentsIfNecessary": "cb?.();",
    "function postProcessAttachments": "return Promise.resolve();",
    "function verifyAttachments": "finish();",
    "function insertAttachmentMappings": "callback();",
  },
  "pouchdb-replication/lib/index.es.js": gone("PouchDB.sync", "PouchDB.prototype.sync"),
  // Attributes that the policy of these pages forbids, and what no screen uses: partials, preserved elements, transitions of classes.
  "htmx.org/dist/htmx.esm.js": {
    ...gone("body #handleHxOnAttributes", "body #initRequestIndicatorCss", "body #processScripts", "body #handlePreservedElements", "body #restorePreservedElements"),
    "body #processPartials": "return [];",
    "body #startCSSTransitions": "return [];",
  },
  "hono/dist/hono-base.js": gone("mount"),
  "hono/dist/request.js": gone("parseBody"),
};

/** Files in place of a package's own. */
const REPLACED = {
  // Moves <title> and its like into the head of a page that is streamed; ours stand where they belong.
  "hono/dist/jsx/intrinsic-element/components.js": "export const components_exports = {};",
};

export const leanPackages = {
  name: "lean-packages",
  setup(build) {
    build.onResolve({ filter: anyOf(INSTEAD, "^", "$") }, ({ path }) => ({ path, namespace: "instead" }));
    build.onLoad({ filter: /.*/, namespace: "instead" }, ({ path }) => ({ contents: INSTEAD[path], resolveDir: import.meta.dirname }));
    build.onLoad({ filter: anyOf(REPLACED, "/node_modules/", "$") }, ({ path }) => ({ contents: REPLACED[inPackages(path)] }));
    build.onLoad({ filter: anyOf(CUT, "/node_modules/", "$") }, async ({ path }) => {
      const name = inPackages(path);
      return { contents: without(await readFile(path, "utf8"), CUT[name], name) };
    });
  },
};

function anyOf(table, before, after) {
  return new RegExp(`${before}(${Object.keys(table).join("|").replaceAll(".", "\\.")})${after}`);
}

const inPackages = (path) => path.slice(path.lastIndexOf("/node_modules/") + "/node_modules/".length);

/** @param {string} source @param {Object<string, string>} cut `object.member`, `function name`, `method`, or `body method`, to what stands instead @returns {string} */
export function without(source, cut, name) {
  const left = new Set(Object.keys(cut));
  const holes = [];
  walk(parse(source, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    for (const [member, place] of placesOf(node, source)) if (left.delete(member)) holes.push({ start: place.start, end: place.end, instead: cut[member] });
  });
  if (left.size > 0) throw new Error(`${name} has no ${[...left].join(", ")}: see build/lean_packages.mjs`);
  return holes.sort((a, b) => b.start - a.start).reduce((text, { start, end, instead }) => text.slice(0, start) + instead + text.slice(end), source);
}

/** What this node could be called in a cut, and what would go. */
function placesOf(node, source) {
  const text = ({ start, end }) => source.slice(start, end);
  if (node.type === "FunctionDeclaration") return [[`function ${node.id?.name}`, inside(node.body)]];
  if (node.type === "MethodDefinition") return [[text(node.key), node], [`body ${text(node.key)}`, inside(node.value.body)]];
  const { left } = node.type === "ExpressionStatement" ? node.expression : {};
  return left?.type === "MemberExpression" ? [[text(left), node]] : [];
}

const inside = ({ start, end }) => ({ start: start + 1, end: end - 1 });

function walk(node, see) {
  see(node);
  for (const child of Object.values(node).flat()) if (typeof child?.type === "string") walk(child, see);
}
