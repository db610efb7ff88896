// IBM's Cloudant SDK for Node against the server at COUCH_URL: cookie sessions, gzip bodies, followers, pagers.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { ChangesFollower, CloudantV1, CouchdbSessionAuthenticator, Pagination, PagerType } from "@ibm-cloud/cloudant";

const url = new URL(process.env.COUCH_URL);
const [username, password] = [url.username, url.password].map(decodeURIComponent);
const authenticator = new CouchdbSessionAuthenticator({ username, password });
const service = new CloudantV1({ authenticator, serviceUrl: `${url.protocol}//${url.host}` });
const made = [];

async function freshDatabase(db) {
  made.push(db);
  await service.putDatabase({ db });
  return db;
}

after(async () => {
  for (const db of made) await service.deleteDatabase({ db }).catch(() => {});
});

const numbered = (count) => Array.from({ length: count }, (_, n) => ({ _id: `n${String(n).padStart(3, "0")}`, n }));

test("a database is made, described and listed by a cookie alone", async () => {
  const db = await freshDatabase("cloudant-made");
  await assert.rejects(service.putDatabase({ db }), { status: 412 });
  assert.equal((await service.getDatabaseInformation({ db })).result.docCount, 0);
  assert.ok((await service.getAllDbs()).result.includes(db));
  assert.equal((await service.getSessionInformation()).result.userCtx.name, username);
});

test("a session that ended is begun anew, unseen", async () => {
  const before = authenticator.tokenManager.accessToken;
  authenticator.tokenManager.expireTime = 0;
  assert.equal((await service.getSessionInformation()).result.userCtx.name, username);
  assert.ok(before && authenticator.tokenManager.expireTime > 0);
});

test("a document is written packed, read, changed and deleted", async () => {
  const db = await freshDatabase("cloudant-documents");
  const first = (await service.putDocument({ db, docId: "lead:1", document: { title: "污水 🌾", n: [1.5] } })).result;
  const read = (await service.getDocument({ db, docId: "lead:1" })).result;
  assert.deepEqual(read, { _id: "lead:1", _rev: first.rev, title: "污水 🌾", n: [1.5] });
  const second = (await service.postDocument({ db, document: { ...read, title: "x" } })).result;
  await assert.rejects(service.putDocument({ db, docId: "lead:1", document: read }), { status: 409 });
  const head = await service.headDocument({ db, docId: "lead:1" });
  assert.equal(head.headers.etag, `"${second.rev}"`);
  await service.deleteDocument({ db, docId: "lead:1", rev: second.rev });
  await assert.rejects(service.getDocument({ db, docId: "lead:1" }), { status: 404 });
});

test("batches, differences and revisions made elsewhere", async () => {
  const db = await freshDatabase("cloudant-batches");
  const leaf = (digit) => ({ _id: "a", _rev: `1-${digit.repeat(32)}`, v: digit });
  await service.postBulkDocs({ db, bulkDocs: { newEdits: false, docs: [leaf("a"), leaf("b")] } });
  const unknown = `2-${"c".repeat(32)}`;
  const missing = (await service.postRevsDiff({ db, documentRevisions: { a: [leaf("a")._rev, unknown] } })).result;
  assert.deepEqual(missing.a.missing, [unknown]);
  const got = (await service.postBulkGet({ db, docs: [{ id: "a", rev: leaf("a")._rev }], revs: true })).result;
  assert.deepEqual(got.results[0].docs[0].ok._revisions, { start: 1, ids: ["a".repeat(32)] });
  const shown = (await service.getDocument({ db, docId: "a", conflicts: true })).result;
  assert.deepEqual(shown._conflicts, [leaf("a")._rev]);
});

test("all documents are read in pages", async () => {
  const db = await freshDatabase("cloudant-pages");
  await service.postBulkDocs({ db, bulkDocs: { docs: numbered(45) } });
  const pages = Pagination.newPagination(service, PagerType.POST_ALL_DOCS, { db, limit: 10 });
  const seen = [];
  for await (const page of pages.pages()) seen.push(page.map((row) => row.id));
  assert.deepEqual(seen.map((page) => page.length), [10, 10, 10, 10, 5]);
  assert.deepEqual(seen.flat(), numbered(45).map((doc) => doc._id));
  const chosen = (await service.postAllDocs({ db, keys: ["n001", "nope"], includeDocs: true })).result.rows;
  assert.deepEqual([chosen[0].doc.n, chosen[1].error], [1, "not_found"]);
});

test("a follower reads to the end once", async () => {
  const db = await freshDatabase("cloudant-once");
  await service.postBulkDocs({ db, bulkDocs: { docs: numbered(25) } });
  const seen = [];
  const follower = new ChangesFollower(service, { db, since: "0", limit: 10 });
  for await (const change of follower.startOneOff()) seen.push(change.id);
  assert.equal(seen.length, 10);
  const all = [];
  for await (const change of new ChangesFollower(service, { db }).startOneOff()) all.push(change.id);
  assert.deepEqual(all, numbered(25).map((doc) => doc._id));
});

test("a follower goes on with what is written meanwhile", async () => {
  const db = await freshDatabase("cloudant-follower");
  await service.postBulkDocs({ db, bulkDocs: { docs: numbered(5) } });
  const follower = new ChangesFollower(service, { db, since: "0" });
  const seen = [];
  for await (const change of follower.start()) {
    seen.push(change.id);
    if (seen.length === 5) await service.putDocument({ db, docId: "late", document: {} });
    if (change.id === "late") follower.stop();
  }
  assert.deepEqual(seen, [...numbered(5).map((doc) => doc._id), "late"]);
});

test("feeds by ids and selectors, long polls, and a feed as a stream", async () => {
  const db = await freshDatabase("cloudant-feeds");
  await service.postBulkDocs({ db, bulkDocs: { docs: numbered(20) } });
  const by = async (more) => (await service.postChanges({ db, ...more })).result.results.map((row) => row.id);
  assert.deepEqual(await by({ filter: "_doc_ids", docIds: ["n003", "none"] }), ["n003"]);
  assert.deepEqual(await by({ filter: "_selector", selector: { n: { $gt: 17 } } }), ["n018", "n019"]);
  assert.deepEqual(await by({ feed: "longpoll", since: "now", timeout: 200 }), []);
  const stream = (await service.postChangesAsStream({ db, feed: "continuous", timeout: 200 })).result;
  let text = "";
  for await (const chunk of stream) text += chunk;
  const lines = text.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, 21);
  assert.equal(lines.at(-1).pending, 0);
});

test("checkpoints", async () => {
  const db = await freshDatabase("cloudant-local");
  await service.putLocalDocument({ db, docId: "mine", document: { n: 1 } });
  assert.equal((await service.getLocalDocument({ db, docId: "mine" })).result.n, 1);
  await service.deleteLocalDocument({ db, docId: "mine" });
  await assert.rejects(service.getLocalDocument({ db, docId: "mine" }), { status: 404 });
});

test("what is not offered says so", async () => {
  const db = await freshDatabase("cloudant-closed");
  await assert.rejects(service.postFind({ db, selector: {} }), { status: 501 });
});
