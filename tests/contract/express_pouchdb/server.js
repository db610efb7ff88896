// express-pouchdb in memory on a free port of 127.0.0.1; prints the port, and ends when stdin is closed.
const express = require("express");
const expressPouchdb = require("express-pouchdb");
const PouchDB = require("pouchdb-core");

for (const part of ["adapter-memory", "mapreduce", "replication", "find"]) {
  const plugin = require(`pouchdb-${part}`);
  PouchDB.plugin(plugin.default ?? plugin);
}

const handler = expressPouchdb(PouchDB.defaults({ adapter: "memory", revs_limit: 1000 }), {
  inMemoryConfig: true,
  mode: "minimumForPouchDB",
  overrideMode: { include: ["routes/all-dbs", "routes/compact", "routes/session-stub"] },
});
const app = express();
app.use("/", handler);
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
