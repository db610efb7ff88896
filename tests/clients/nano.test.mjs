// nano against the server at COUCH_URL: what its users do every day.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import connect from "nano";

const url = new URL(process.env.COUCH_URL);
const couch = connect(url.href.replace(/\/$/, ""));
const made = [];

async function freshDatabase(name) {
  made.push(name);
  await couch.db.create(name);
  return couch.db.use(name);
}

after(async () => {
  for (const name of made) await couch.db.destroy(name).catch(() => {});
});

const numbered = (count) => Array.from({ length: count }, (_, n) => ({ _id: `n${String(n).padStart(3, "0")}`, n }));

test("a database is created once, described, listed and destroyed", async () => {
  const db = await freshDatabase("nano-made");
  await assert.rejects(couch.db.create("nano-made"), { statusCode: 412, error: "file_exists" });
  const info = await db.info();
  assert.equal(info.db_name, "nano-made");
  assert.equal(info.doc_count, 0);
  assert.ok((await couch.db.list()).includes("nano-made"));
  assert.deepEqual(await couch.db.destroy("nano-made"), { ok: true });
  await assert.rejects(couch.db.get("nano-made"), { statusCode: 404, reason: "Database does not exist." });
});

test("a document is written, read, changed and deleted", async () => {
  const db = await freshDatabase("nano-documents");
  const first = await db.insert({ title: "污水 🌾", ratio: 1.5, big: 9007199254740991 }, "lead:1");
  const read = await db.get("lead:1");
  assert.deepEqual(read, { _id: "lead:1", _rev: first.rev, title: "污水 🌾", ratio: 1.5, big: 9007199254740991 });
  const second = await db.insert({ ...read, title: "x" });
  assert.match(second.rev, /^2-/);
  const head = await db.head("lead:1");
  assert.equal(head.etag, `"${second.rev}"`);
  assert.equal((await db.destroy("lead:1", second.rev)).ok, true);
  await assert.rejects(db.get("lead:1"), { statusCode: 404, reason: "deleted" });
});

test("a stale revision is a conflict and nothing is changed", async () => {
  const db = await freshDatabase("nano-conflicts");
  const { rev } = await db.insert({ v: 1 }, "a");
  await db.insert({ _rev: rev, v: 2 }, "a");
  await assert.rejects(db.insert({ _rev: rev, v: 3 }, "a"), { statusCode: 409, error: "conflict" });
  assert.equal((await db.get("a")).v, 2);
});

test("leaves made elsewhere are shown as conflicts and settled in one batch", async () => {
  const db = await freshDatabase("nano-leaves");
  const leaf = (digit) => ({ _id: "a", _rev: `1-${digit.repeat(32)}`, v: digit });
  await db.bulk({ new_edits: false, docs: [leaf("a"), leaf("b")] });
  const shown = await db.get("a", { conflicts: true });
  assert.deepEqual([shown.v, shown._conflicts], ["b", [`1-${"a".repeat(32)}`]]);
  await db.bulk({ docs: [{ _id: "a", _rev: shown._conflicts[0], _deleted: true }] });
  assert.equal((await db.get("a", { conflicts: true }))._conflicts, undefined);
});

test("a batch says of every row what became of it", async () => {
  const db = await freshDatabase("nano-batches");
  const rows = await db.bulk({ docs: [{ _id: "a" }, { _id: "a" }, { _id: "b", v: 1 }] });
  assert.deepEqual(
    rows.map((row) => [row.id, row.ok ?? row.error]),
    [["a", true], ["a", "conflict"], ["b", true]],
  );
  const fetched = await db.fetch({ keys: ["b", "nope"] });
  assert.equal(fetched.rows[0].doc.v, 1);
  assert.equal(fetched.rows[1].error, "not_found");
});

test("a list is read in pages, forwards and backwards", async () => {
  const db = await freshDatabase("nano-pages");
  await db.bulk({ docs: numbered(25) });
  const seen = [];
  let page = await db.list({ limit: 10, include_docs: true });
  while (page.rows.length) {
    seen.push(...page.rows.map((row) => row.doc.n));
    page = await db.list({ limit: 10, include_docs: true, start_key: page.rows.at(-1).key, skip: 1 });
  }
  assert.deepEqual(seen, numbered(25).map((doc) => doc.n));
  const last = await db.list({ limit: 2, descending: true });
  assert.deepEqual(last.rows.map((row) => row.id), ["n024", "n023"]);
  const between = await db.list({ start_key: "n003", end_key: "n005" });
  assert.deepEqual(between.rows.map((row) => row.id), ["n003", "n004", "n005"]);
});

test("the changes reader catches up, then follows by long polls", async () => {
  const db = await freshDatabase("nano-reader");
  await db.bulk({ docs: numbered(30) });
  const seen = [];
  const reader = db.changesReader;
  const done = new Promise((resolve, reject) => {
    reader
      .start({ since: 0, batchSize: 10, timeout: 5000 })
      .on("change", (change) => {
        seen.push(change.id);
        if (change.id === "late") resolve();
      })
      .on("error", reject);
  });
  await sleep(300);
  await db.insert({}, "late");
  await done;
  reader.stop();
  assert.deepEqual(seen, [...numbered(30).map((doc) => doc._id), "late"]);
});

test("the changes reader ends by itself when it is asked to, also chosen by a selector", async () => {
  const db = await freshDatabase("nano-spool");
  await db.bulk({ docs: numbered(40) });
  const seen = [];
  await new Promise((resolve, reject) => {
    db.changesReader
      .get({ since: "0", batchSize: 7, timeout: 300, selector: { n: { $gte: 20 } } })
      .on("change", (change) => seen.push(change.id))
      .on("end", resolve)
      .on("error", reject);
  });
  assert.deepEqual(seen, numbered(40).slice(20).map((doc) => doc._id));
});

test("the spool reads a feed line by line", async () => {
  const db = await freshDatabase("nano-lines");
  await db.bulk({ docs: numbered(40) });
  let count = 0;
  await new Promise((resolve, reject) => {
    db.changesReader
      .spool({ since: 0, batchSize: 9 })
      .on("batch", (batch) => (count += batch.length))
      .on("end", resolve)
      .on("error", reject);
  });
  assert.equal(count, 40);
});

test("checkpoints are kept apart from documents", async () => {
  const db = await freshDatabase("nano-local");
  const written = await db.insert({ n: 1 }, "_local/mine");
  assert.equal(written.rev, "0-1");
  assert.equal((await db.get("_local/mine")).n, 1);
  assert.equal((await db.list()).rows.length, 0);
});

test("signing in gives a cookie that is enough, signing out ends it", async () => {
  const plain = connect({ url: `${url.protocol}//${url.host}` });
  await assert.rejects(plain.auth(decodeURIComponent(url.username), "wrong"), { statusCode: 401 });
  await plain.auth(decodeURIComponent(url.username), decodeURIComponent(url.password));
  assert.equal((await plain.session()).userCtx.name, "root");
  made.push("nano-session");
  assert.deepEqual(await plain.db.create("nano-session"), { ok: true });
});

test("what is not offered says so, and what it is", async () => {
  const db = await freshDatabase("nano-closed");
  await assert.rejects(db.find({ selector: {} }), { statusCode: 501, error: "not_implemented" });
  await assert.rejects(db.attachment.insert("a", "f", Buffer.from("x"), "text/plain"), { statusCode: 501 });
});

test("the server gives ids, compacts, and says who it is", async () => {
  const db = await freshDatabase("nano-upkeep");
  assert.equal((await couch.uuids(3)).uuids.length, 3);
  assert.equal((await couch.info()).couchdb, "Welcome");
  assert.equal((await db.compact()).ok, true);
});
