/** The texts of QR codes between tablet and phone (ARCHITECTURE, "Service at stations"). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkInHash, checkInText, shortHash, stationCode, stationText } from "../../client/src/scan/codes.js";

const HEAD = "ab".repeat(32);
const SHOWN = { station: "station:01jd4z7p8w3q5v9x2y6t0r1s4k", value: "048213", head: HEAD };

describe("a station's code", () => {
  it("names station, digits and the head of the tablet's log", () => {
    assert.equal(stationText(SHOWN), `LD1:01jd4z7p8w3q5v9x2y6t0r1s4k:048213:${HEAD}`);
    assert.deepEqual(stationCode(stationText(SHOWN)), SHOWN);
  });

  it("of a tablet that has written nothing has no head", () => {
    assert.deepEqual(stationCode("LD1:01jd4z7p8w3q5v9x2y6t0r1s4k:048213:"), { ...SHOWN, head: null });
  });

  it("is nothing else that a camera may see", () => {
    for (const text of ["https://example.org/", "048213", "LD1:x:048213:", "LD2:" + HEAD, `LD1:01jd4z7p8w3q5v9x2y6t0r1s4k:48213:${HEAD}`, ""]) assert.equal(stationCode(text), null);
  });
});

describe("a check-in's code", () => {
  it("carries its hash, of which six characters are read aloud", () => {
    assert.equal(checkInHash(checkInText(HEAD)), HEAD);
    assert.equal(shortHash(HEAD), "ababab");
    assert.equal(checkInHash(stationText(SHOWN)), null);
  });
});
