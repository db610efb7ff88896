/**
 * A small real HTTP server that keeps the phone's contract (ARCHITECTURE, "HTTP between phone and server"): enrolment, sessions, state,
 * door and tus. What it judges is up to the test; it stores what comes and says what it was told to say.
 */
import { createHash, webcrypto } from "node:crypto";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";
import { canonical } from "../../client/src/log/canonical.js";
import { base64url, fromBase64url, fromHex, utf8 } from "../../client/src/log/digest.js";
import { routes } from "./fake_routes.js";

const ECDSA = { name: "ECDSA", hash: "SHA-256" };

export class FakeServer {
  epoch = "aaaaaaaaaaaa";
  rows = new Map(); // log id -> document as received
  opaque = new Map(); // log id -> raw text
  verdicts = []; // {entry, hash, verdict, reasons, media}
  media = new Map(); // "entry:number" -> Buffer
  uploads = new Map();
  sessions = new Set();
  feeds = {};
  orders = [];
  requests = []; // {method, path, status, headers}
  ack = { backed_up_through: 0 };
  isReading = false; // ack null
  isRevoked = false;
  isPaused = false; // verdicts not given
  refuse = () => null; // (document) -> reason: a row answered forbidden
  intercept = () => null; // (request) -> {status, headers, body} | "cut" | null

  async start() {
    this.keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const { kty, crv, x, y } = await webcrypto.subtle.exportKey("jwk", this.keys.publicKey);
    this.jwk = { kty, crv, x, y };
    this.http = createServer((request, response) => this.#answer(request, response).catch((error) => {
      // A request cut off in its body was never made, as for the real server.
      if (error.code !== "ECONNRESET") throw error;
    }));
    await new Promise((resolve) => this.http.listen(0, "127.0.0.1", resolve));
    this.origin = `http://127.0.0.1:${this.http.address().port}`;
    return this;
  }

  async stop() {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  async sign(statement) {
    const digest = createHash("sha256").update(canonical(statement)).digest("hex");
    const sig = base64url(await webcrypto.subtle.sign(ECDSA, this.keys.privateKey, fromHex(digest)));
    return { ...statement, hash: digest, sig };
  }

  async isSignedByDevice(text, sig) {
    const key = await webcrypto.subtle.importKey("jwk", this.deviceKey, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return webcrypto.subtle.verify(ECDSA, key, fromBase64url(sig), utf8(text));
  }

  /** A browser's fetch of this origin: keeps the cookie. */
  browserFetch() {
    let cookie = "";
    return async (url, init = {}) => {
      const headers = new Headers(init.headers);
      if (cookie) headers.set("Cookie", cookie);
      const response = await fetch(url, { ...init, headers });
      const set = response.headers.get("set-cookie");
      if (set) cookie = set.split(";")[0];
      return response;
    };
  }

  count(method, path) {
    return this.requests.filter((seen) => seen.method === method && seen.path.startsWith(path)).length;
  }

  through() {
    let entry = 0;
    while (this.#hasReceipt(entry + 1)) entry += 1;
    return entry;
  }

  #hasReceipt(entry) {
    return this.verdicts.some((row) => row.entry === entry);
  }

  /** What ingest would do: judge every stored row not judged yet. */
  judge(verdictOf = () => ({ verdict: "accepted", reasons: [] })) {
    for (const [id, document] of this.rows) {
      const entry = Number(id.split(":")[1]);
      if (this.#hasReceipt(entry)) continue;
      const named = document.entry.body.media ?? [];
      const media = named.map((_, index) => ({ number: index + 1, state: this.media.has(`${entry}:${index + 1}`) ? "verified" : "missing" }));
      this.verdicts.push({ entry, hash: document.entry.hash, media, ...verdictOf(document) });
    }
  }

  restore(epoch) {
    this.epoch = epoch;
    this.verdicts = [];
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let body = Buffer.concat(chunks);
    if (request.headers["content-encoding"] === "gzip") body = gunzipSync(body);
    const url = new URL(request.url, this.origin);
    const seen = { method: request.method, path: url.pathname, query: url.searchParams, headers: request.headers, body };
    this.requests.push(seen);
    const answer = (await this.intercept(seen)) ?? (await routes(this, seen));
    if (answer === "cut") return request.socket.destroy();
    seen.status = answer.status;
    const text = answer.json === undefined ? answer.body : JSON.stringify(answer.json);
    response.writeHead(answer.status, { ...(answer.json === undefined ? {} : { "Content-Type": "application/json" }), ...answer.headers });
    response.end(text);
  }
}
