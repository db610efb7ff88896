/** Canonical JSON, hashes and signatures: the same cases as the server's (tests/cases/entries.json). */
import "./browser.js";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { canonical, canonicalEntry } from "../../client/src/log/canonical.js";
import { sha256Hex, utf8 } from "../../client/src/log/digest.js";
import { entryHash, logId, partHash } from "../../client/src/log/entry.js";
import { isSignedBy } from "../../client/src/log/keys.js";

const cases = JSON.parse(readFileSync(new URL("../cases/entries.json", import.meta.url)));
const SPECIAL = { NaN, Infinity };
const valueOf = (one) => ("special" in one ? SPECIAL[one.special] : JSON.parse(one.json));

describe("canonical JSON is the same in both languages", () => {
  for (const one of cases.canonical) {
    // Numbers from 2^53 have a canonical form, but no entry may hold one, and the phone writes entries only.
    const isBeyond = /1e2[01]/.test(one.json);
    it(one.name, async () => {
      if (isBeyond) return assert.throws(() => canonical(JSON.parse(one.json)), { code: "number_out_of_range" });
      const text = canonical(JSON.parse(one.json));
      assert.equal(text, one.canonical);
      assert.equal(await sha256Hex(utf8(text)), one.sha256);
    });
  }
});

describe("what cannot be written alike is refused before it is signed (DESIGN 2, Append)", () => {
  for (const one of cases.refused) {
    it(one.name, () => assert.throws(() => canonical(valueOf(one)), { name: "PhoneError", code: one.code }));
  }

  it("the refusal names the field", () => {
    assert.throws(() => canonical({ body: { a: [{ title: "\ud83d" }] } }), { code: "text_broken", path: "body.a.0.title" });
  });

  it("a Date is no JSON", () => assert.throws(() => canonical({ at: new Date(0) }), { code: "not_json", path: "at" }));
});

describe("entries of the shared chain", () => {
  for (const [index, entry] of cases.chain.entries()) {
    it(`entry ${entry.entry} has its hash and signature`, async () => {
      assert.equal(await entryHash(entry), entry.hash);
      const { hash: _h, sig, ...rest } = entry;
      assert.equal(await isSignedBy({ ...rest, hash: entry.hash, sig }, cases.key.public), true);
      assert.equal(await isSignedBy({ ...rest, hash: entry.hash, sig }, cases.key.another_public), false);
      for (const [name, { salt, value }] of Object.entries(cases.chain_parts[index])) {
        assert.equal(await partHash(name, salt, value), entry.parts[name]);
      }
    });
  }

  for (const one of cases.parts) it(`part ${one.name} ${one.salt}`, async () => assert.equal(await partHash(one.name, one.salt, one.value), one.hash));
  for (const one of cases.log_ids) it(`log id ${one.id}`, () => assert.equal(logId(one.device, one.entry), one.id));
});

describe("limits of a whole entry", () => {
  const { hash: _h, sig: _s, ...envelope } = cases.chain[0];
  const withBody = (body) => () => canonicalEntry({ ...envelope, body });

  it("a member of the body that begins with an underscore is refused", () => {
    assert.throws(withBody({ _rev: "1-a" }), { code: "reserved_member", path: "body._rev" });
  });

  it("an underscore further in is no harm", () => assert.ok(withBody({ a: { _rev: "1-a" } })()));

  it("64 KiB with hash and signature pass, one byte more does not", () => {
    const empty = canonical({ ...cases.chain[0], body: { text: "" } }).length;
    assert.ok(withBody({ text: "x".repeat(65_536 - empty) })());
    assert.throws(withBody({ text: "x".repeat(65_537 - empty) }), { code: "too_large" });
  });
});
