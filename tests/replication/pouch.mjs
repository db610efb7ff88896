// A PouchDB as told on standard input, one JSON command a line, each answered with one JSON line.
// Databases are in memory; `name` says which, `url` is the database on the server.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.argv[2]);
const PouchDB = require("pouchdb-core");
for (const plugin of ["adapter-http", "adapter-memory", "replication"]) {
  PouchDB.plugin(require(`pouchdb-${plugin}`));
}

// What PouchDB throws outside of its promises when a connection breaks must not end the others.
process.on("unhandledRejection", (error) => console.error("unhandled:", error?.message ?? error));
process.on("uncaughtException", (error) => console.error("uncaught:", error?.message ?? error));

const opened = new Map();
const live = new Map();
const local = (name) => {
  if (!opened.has(name)) opened.set(name, new PouchDB(name, { adapter: "memory" }));
  return opened.get(name);
};
const remote = (url) => new PouchDB(url, { skip_setup: true });
const told = (done) => ({ ok: done.ok, read: done.docs_read, written: done.docs_written });

const commands = {
  async write({ name, docs, new_edits = true }) {
    const rows = await local(name).bulkDocs(docs, { new_edits });
    return { rows: rows.map(({ ok, id, rev }) => ({ ok, id, rev })) };
  },
  async push({ name, url, batch_size = 4 }) {
    return told(await local(name).replicate.to(remote(url), { batch_size }));
  },
  async pull({ name, url, batch_size = 4 }) {
    return told(await local(name).replicate.from(remote(url), { batch_size }));
  },
  async follow({ name, url }) {
    live.set(name, local(name).sync(remote(url), { live: true, retry: true }));
    return {};
  },
  async unfollow({ name }) {
    const ended = new Promise((done) => live.get(name).on("complete", done));
    live.get(name).cancel();
    await ended;
    return {};
  },
  async seen({ name, id }) {
    const changes = local(name).changes({ live: true, since: 0, include_docs: true });
    const doc = await new Promise((found) => changes.on("change", (row) => row.id === id && found(row.doc)));
    changes.cancel();
    return { doc };
  },
  async leaves({ name }) {
    const { results } = await local(name).changes({ style: "all_docs" });
    return { leaves: Object.fromEntries(results.map((row) => [row.id, row.changes.map((c) => c.rev).sort()])) };
  },
  async drop({ name }) {
    await local(name).destroy();
    opened.delete(name);
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { command, ...options } = JSON.parse(line);
  const answer = await commands[command](options).catch((error) => ({ failed: String(error.message ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
