// PouchDB 9 in memory: pulls or pushes one database and prints rows and seconds. argv: package.json, pull|push, url, count
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [manifest, direction, address, count] = process.argv.slice(2);
const require = createRequire(manifest);
const PouchDB = require("pouchdb-core")
  .plugin(require("pouchdb-adapter-memory"))
  .plugin(require("pouchdb-adapter-http"))
  .plugin(require("pouchdb-replication"));

const url = new URL(address);
const auth = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
url.username = url.password = "";
const remote = new PouchDB(url.href, { auth, skip_setup: true });
const local = new PouchDB(`bench-${process.pid}`, { adapter: "memory" });

if (direction === "push") {
  const docs = JSON.parse(readFileSync(0, "utf8"));
  await local.bulkDocs(docs);
}
const began = performance.now();
const done = direction === "push" ? await local.replicate.to(remote, { batch_size: 500 }) : await local.replicate.from(remote, { batch_size: 500 });
const seconds = (performance.now() - began) / 1000;
if (done.docs_written !== Number(count)) throw new Error(`${done.docs_written} of ${count} were written`);
console.log(JSON.stringify({ rows: done.docs_written, seconds }));
process.exit(0);
