// A phone in miniature: pulls from a URL into memory as told on standard input, one JSON command a
// line, and answers each with one JSON line. The checkpoint is kept on its own side alone.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.argv[2]);
const PouchDB = require("pouchdb-core");
PouchDB.plugin(require("pouchdb-adapter-http"));
PouchDB.plugin(require("pouchdb-adapter-memory"));
PouchDB.plugin(require("pouchdb-replication"));

const local = new PouchDB("phone", { adapter: "memory" });
const requests = [];
const remote = new PouchDB(process.argv[3], {
  skip_setup: true,
  fetch: (url, options) => {
    requests.push(`${options.method ?? "GET"} ${new URL(url).pathname.split("/").pop()}`);
    return PouchDB.fetch(url, options);
  },
});
let live = null;

const commands = {
  async pull({ batch_size = 100 }) {
    requests.length = 0;
    const done = await local.replicate.from(remote, { checkpoint: "target", batch_size, retry: false });
    return { ok: done.ok, written: done.docs_written, failures: done.doc_write_failures, requests };
  },
  async follow() {
    live = local.replicate.from(remote, { checkpoint: "target", live: true, retry: true });
    return {};
  },
  async seen({ id }) {
    const changes = local.changes({ live: true, since: 0, include_docs: true });
    const doc = await new Promise((found) => changes.on("change", (row) => row.id === id && found(row.doc)));
    changes.cancel();
    return { doc };
  },
  async unfollow() {
    const ended = new Promise((done) => live.on("complete", done));
    live.cancel();
    await ended;
    return {};
  },
  async docs() {
    const { rows } = await local.allDocs({ include_docs: true, conflicts: true });
    return { docs: rows.map((row) => row.doc) };
  },
  async tombstones() {
    const { results } = await local.changes({ style: "all_docs" });
    return { ids: results.filter((row) => row.deleted).map((row) => row.id) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...options } = JSON.parse(line);
  const answer = await commands[command](options).catch((error) => ({ failed: String(error.message ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
