/**
 * What PouchDB asks of a CouchDB when it pulls (PROTOCOL 2), over PouchDB's own memory adapter. It says how often it was asked.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const client = createRequire(new URL("../../client/package.json", import.meta.url));
const load = async (name) => (await import(pathToFileURL(client.resolve(name)))).default;
const PouchDB = (await load("pouchdb-core")).plugin(await load("pouchdb-adapter-memory"));

let made = 0;

export class FakeCouch {
  databases = new Map();
  written = []; // methods and paths that are no reading
  fails = () => null; // (path) -> status

  async feed(name, documents = []) {
    made += 1;
    const database = new PouchDB(`fake-couch-${process.pid}-${made}`, { adapter: "memory" });
    this.databases.set(name, database);
    if (documents.length) await database.bulkDocs(documents);
    return database;
  }

  routes = async ({ method, path, query, body }) => {
    const [, , name, what, ...rest] = path.split("/");
    const status = this.fails(path);
    if (status) return { status, json: { error: "failed", reason: "for the test" } };
    if (!name) return { status: 200, json: { couchdb: "Welcome", uuid: "fake", version: "3" } };
    const database = this.databases.get(decodeURIComponent(name));
    if (!database) return { status: 403, json: { error: "forbidden", reason: "no" } };
    if (method === "PUT" || (method === "POST" && what !== "_bulk_get")) this.written.push(`${method} ${path}`);
    if (!what) return { status: 200, json: { ...(await database.info()), instance_start_time: "0" } };
    if (what === "_changes") return changes(database, query);
    if (what === "_bulk_get") return bulkGet(database, JSON.parse(body));
    return { status: 404, json: { error: "not_found", reason: rest.length ? "missing" : "no such thing" } };
  };
}

async function changes(database, query) {
  const since = query.get("since") ?? "0";
  const options = { since: since === "0" ? 0 : Number(since), limit: Number(query.get("limit") ?? 100), style: "all_docs", live: false };
  return { status: 200, json: { ...(await database.changes(options)), pending: 0 } };
}

async function bulkGet(database, { docs }) {
  return { status: 200, json: await database.bulkGet({ docs, revs: true, latest: true }) };
}
