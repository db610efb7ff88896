/** The routes of the fake server, one function each. */
import { createHash } from "node:crypto";

const COOKIE = "__Host-device";

export async function routes(server, seen) {
  const { method, path } = seen;
  if (path === "/sync/enrol") return enrol(server, seen);
  if (path === "/sync/challenge") return { status: 200, json: { challenge: "c1" } };
  if (path === "/sync/session") return session(server, seen);
  if (!isSignedIn(server, seen)) return unauthorized("no session");
  if (path === "/sync/state") return state(server, seen);
  if (path === "/sync/operator") return operator(server, seen);
  if (path === "/db/logs/_bulk_docs" && method === "POST") return bulkDocs(server, seen);
  if (server.isRevoked) return unauthorized("revoked");
  if (path.startsWith("/sync/media/")) return tus(server, seen);
  if (path.startsWith("/db/") && server.couch) return server.couch(seen);
  return { status: 403, json: { error: "forbidden", reason: "no" } };
}

const unauthorized = (reason) => ({ status: 401, json: { error: "unauthorized", reason } });

function isSignedIn(server, { headers }) {
  return server.sessions.has(/__Host-device=(\w+)/.exec(headers.cookie ?? "")?.[1]);
}

function openSession(server) {
  const id = `s${server.sessions.size + 1}x${Math.random().toString(36).slice(2)}`;
  server.sessions.add(id);
  return { "Set-Cookie": `${COOKIE}=${id}; Path=/` };
}

function enrol(server, { body }) {
  const { code, sign_key } = JSON.parse(body);
  if (code !== "1234567890") return { status: 403, json: { error: "forbidden", reason: "code" } };
  server.deviceKey = sign_key;
  const json = {
    device: server.device ?? "d01jd0000000000000000000001", member: server.member ?? "m01jd0000000000000000000002", display_name: "张三", kind: server.kind,
    roles: [{ role: "volunteer", scope: "self" }], server_key: server.jwk, epoch: server.epoch, server_time: new Date().toISOString(),
  };
  return { status: 201, json, headers: openSession(server) };
}

async function session(server, { method, body }) {
  if (method === "DELETE") return { status: 204 };
  const { challenge, sig } = JSON.parse(body);
  if (!(await server.isSignedByDevice(`liandong-session:${challenge}`, sig))) return unauthorized("signature");
  return { status: 200, json: {}, headers: openSession(server) };
}

async function state(server, { query, headers }) {
  const since = query.get("verdicts_since");
  const isOurs = since && (server.areCursorsBare || since.startsWith(`${server.epoch}-`));
  const from = isOurs ? Number(since.split("-")[1]) : 0;
  const rows = server.isPaused ? [] : server.verdicts.slice(from, from + (server.pageRows ?? 1000));
  const cursor = `${server.epoch}-${from + rows.length}`;
  const through = server.through();
  const ack = server.isReading ? null : {
    through, head: null, beyond: [], ...server.ack, verdicts: { rows, cursor, more: !server.isPaused && from + rows.length < server.verdicts.length },
  };
  const json = { epoch: server.epoch, ack, feeds: server.feeds, orders: server.orders, member: { roles: [{ role: "volunteer", scope: "self" }], revoked: server.isRevoked }, station: server.station };
  const etag = `"${createHash("sha256").update(JSON.stringify(json)).digest("hex").slice(0, 16)}"`;
  const beacon = await server.sign({ at: new Date().toISOString(), epoch: server.epoch });
  if (headers["if-none-match"] === etag) return { status: 304, headers: { ETag: etag, "Liandong-Beacon": JSON.stringify(beacon) } };
  return { status: 200, json: { ...json, beacon }, headers: { ETag: etag } };
}

/** A tablet's: `server.people` by code. */
function operator(server, { body }) {
  const person = server.people?.[JSON.parse(body).code];
  if (!person) return { status: 403, json: { error: "forbidden", reason: "code_refused" } };
  server.station.operators.push(person);
  return { status: 200, json: person };
}

function bulkDocs(server, { body, headers }) {
  const alone = headers["liandong-row"];
  const isSpoiled = server.spoils && server.spoils.test(body.toString());
  if (isSpoiled && !alone) return { status: 400, json: { error: "bad_request", reason: "invalid UTF-8 JSON" } };
  if (isSpoiled) {
    if (server.takesNothing) return { status: 413, json: { error: "too_large", reason: "too large" } };
    server.opaque.set(alone, body.toString());
    return { status: 201, json: [{ id: alone, error: "forbidden", reason: "opaque" }] };
  }
  const rows = JSON.parse(body).docs.map((document) => {
    const reason = server.refuse(document);
    if (reason) {
      server.opaque.set(document._id, JSON.stringify(document));
      return { id: document._id, error: "forbidden", reason };
    }
    server.rows.set(document._id, document);
    return { id: document._id, ok: true, rev: "1-a" };
  });
  return { status: 201, json: rows };
}

function tus(server, { method, path, headers, body }) {
  const base = { "Tus-Resumable": "1.0.0" };
  if (method === "POST") return createUpload(server, headers, base);
  const upload = server.uploads.get(path);
  if (!upload) return { status: 404, json: { error: "not_found", reason: "missing" }, headers: base };
  if (method === "HEAD") return { status: 200, headers: { ...base, "Upload-Offset": String(upload.bytes.length), "Upload-Length": String(upload.size) } };
  if (Number(headers["upload-offset"]) !== upload.bytes.length) return { status: 409, json: { error: "conflict", reason: "offset" }, headers: base };
  upload.bytes = Buffer.concat([upload.bytes, body]);
  if (upload.bytes.length === upload.size) server.media.set(`${upload.entry}:${upload.number}`, upload.bytes);
  return { status: 204, headers: { ...base, "Upload-Offset": String(upload.bytes.length) } };
}

function createUpload(server, headers, base) {
  const metadata = Object.fromEntries(headers["upload-metadata"].split(",").map((pair) => {
    const [name, value] = pair.split(" ");
    return [name, Buffer.from(value, "base64").toString()];
  }));
  const entry = Number(metadata.entry);
  const isHere = [...server.rows.keys()].some((id) => Number(id.split(":")[1]) === entry);
  if (!isHere) return { status: 409, json: { error: "entry_missing", reason: "send it first" }, headers: base };
  const path = `/sync/media/u${server.uploads.size + 1}`;
  server.uploads.set(path, { entry, number: Number(metadata.number), size: Number(headers["upload-length"]), bytes: Buffer.alloc(0) });
  return { status: 201, headers: { ...base, Location: path } };
}
