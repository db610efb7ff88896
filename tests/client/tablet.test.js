/** A shared tablet: PINs, who may act, and the secret of the rotating code (DESIGN 7; DOMAIN 4, row 17; ARCHITECTURE, "Service at stations"). */
import "./browser.js";
import assert from "node:assert/strict";
import { hkdfSync, webcrypto } from "node:crypto";
import { describe, it } from "node:test";
import { base64url, utf8 } from "../../client/src/log/digest.js";
import { act, acting, awake, begin, choosePin, lock, open, operators, verifyPin } from "../../client/src/log/operators.js";
import { codeAt, stationSecret } from "../../client/src/log/station_secret.js";
import { fetchState } from "../../client/src/log/state.js";
import { enrolledTablet, newId, PERSON_CODE, QIAN, STATION_ID, ZHAO } from "./phones.js";

const PIN = "258036";
const SECRET = new Uint8Array(32).fill(7);

async function begun(t, codes = ["zhao"]) {
  const tablet = await enrolledTablet(t);
  for (const code of codes) {
    await begin(tablet.phone, PERSON_CODE[code]);
    await choosePin(tablet.phone, PIN);
  }
  return tablet;
}

const refused = (code, params = {}) => (error) => error.code === code && Object.entries(params).every(([name, value]) => error.params[name] === value);
const entry = () => ({ id: newId("check_event"), type: "check_event", body: { kind: "note", note: "到场" } });

describe("beginning", () => {
  it("a code from the office lets its person choose a PIN, which is sent nowhere", async (t) => {
    const { server, phone } = await begun(t);

    assert.deepEqual(await operators(phone), [{ ...ZHAO, has_pin: true }]);
    const sent = server.requests.map(({ body }) => body?.toString() ?? "").join();
    assert.doesNotMatch(sent, new RegExp(PIN));
  });

  it("without a code nobody chooses a PIN", async (t) => {
    const { phone } = await enrolledTablet(t);
    await assert.rejects(begin(phone, "9999999999"), refused("code_refused"));
    await assert.rejects(choosePin(phone, PIN), refused("pin_not_begun"));
  });

  for (const pin of ["000000", "777777", "123456", "987654", "890123"]) {
    it(`${pin} is no PIN`, async (t) => {
      const { phone } = await enrolledTablet(t);
      await begin(phone, PERSON_CODE.zhao);
      await assert.rejects(choosePin(phone, pin), refused("pin_too_plain"));
    });
  }

  it("what is kept of a PIN is no text of it, and the key behind it cannot be exported", async (t) => {
    const { phone } = await begun(t);
    const { mark } = (await phone.store.getMeta("operators"))[ZHAO.member];
    const key = await phone.store.db.get("keys", "pin_mark");

    assert.match(mark, /^[0-9a-f]{64}$/);
    assert.equal(key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("raw", key));
  });
});

describe("acting", () => {
  it("an entry is by whoever gives the PIN, and the device's is the tablet", async (t) => {
    const { phone } = await begun(t, ["zhao", "qian"]);
    const { device } = await phone.identity();
    await act(phone, QIAN.member, PIN, () => [entry()]);

    const [row] = (await phone.recent(5)).rows;
    assert.deepEqual([row.author, row.role, row.device], [QIAN.member, "supervisor", device]);
  });

  it("nothing is written by a person without a PIN, or with a wrong one", async (t) => {
    const { phone } = await begun(t);
    await assert.rejects(act(phone, QIAN.member, PIN, () => [entry()]), refused("pin_unknown"));
    await assert.rejects(act(phone, ZHAO.member, "111222", () => [entry()]), refused("pin_wrong", { left: 9 }));
    await assert.rejects(act(phone, "", PIN, () => [entry()]), refused("pin_who"));
    assert.equal((await phone.recent(5)).count, 0);
  });

  it("whose grant ended acts no more once the tablet has heard of it", async (t) => {
    const { server, phone } = await begun(t, ["zhao", "qian"]);
    server.station.operators = [QIAN];
    await fetchState(phone.store, phone.session);

    await assert.rejects(act(phone, ZHAO.member, PIN, () => [entry()]), refused("pin_unknown"));
    assert.deepEqual((await operators(phone)).map(({ member }) => member), [QIAN.member]);
  });

  it("a signed order forgets a PIN once, and a broken one forgets nothing", async (t) => {
    const { server, phone } = await begun(t);
    const { device } = await phone.identity();
    const order = await server.sign({ id: "o1", device, kind: "reset_pin", member: ZHAO.member, at: "2026-11-23T00:00:00.000Z" });
    server.orders = [{ ...order, id: "o0" }];
    await fetchState(phone.store, phone.session);
    assert.equal((await operators(phone))[0].has_pin, true);

    server.orders = [order];
    await fetchState(phone.store, phone.session);
    assert.equal((await operators(phone))[0].has_pin, false);

    await begin(phone, PERSON_CODE.zhao);
    await choosePin(phone, "741963");
    assert.equal((await operators(phone))[0].has_pin, true);
  });
});

describe("guessing", () => {
  it("three wrong ones cost nothing, then each waits longer, and the tenth blocks the PIN", async (t) => {
    const { phone } = await begun(t);
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const waits = [];
    for (let left = 9; left > 0; left -= 1) {
      await assert.rejects(verifyPin(phone, ZHAO.member, "111222"), refused("pin_wrong", { left }));
      if (left > 7) continue;
      // The right one would have to wait as well.
      const waiting = await verifyPin(phone, ZHAO.member, PIN).catch((error) => error);
      waits.push(waiting.params.seconds);
      t.mock.timers.tick(waiting.params.seconds * 1000);
    }
    assert.deepEqual(waits, [30, 60, 120, 240, 480, 900, 900]);
    await assert.rejects(verifyPin(phone, ZHAO.member, "111222"), refused("pin_blocked"));
    t.mock.timers.tick(24 * 3600_000);
    await assert.rejects(verifyPin(phone, ZHAO.member, PIN), refused("pin_blocked"));
  });

  it("many at once are counted one by one", async (t) => {
    const { phone } = await begun(t);
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => verifyPin(phone, ZHAO.member, "111222")));
    const codes = outcomes.map(({ reason }) => reason.code);

    assert.equal(codes.filter((code) => code === "pin_wrong").length, 3);
    assert.equal(codes.filter((code) => code === "pin_wait").length, 9);
  });

  it("the right one forgives what was wrong before", async (t) => {
    const { phone } = await begun(t);
    await assert.rejects(verifyPin(phone, ZHAO.member, "111222"));
    await verifyPin(phone, ZHAO.member, PIN);
    await assert.rejects(verifyPin(phone, ZHAO.member, "111222"), refused("pin_wrong", { left: 9 }));
  });
});

describe("the lock", () => {
  it("two minutes without a touch lock; a touch keeps open; a restart of the clock does not", async (t) => {
    const { phone } = await begun(t);
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    await open(phone, ZHAO.member);
    t.mock.timers.tick(119_000);
    await awake(phone);
    t.mock.timers.tick(119_000);
    assert.equal((await acting(phone)).member, ZHAO.member);
    t.mock.timers.tick(2_000);
    assert.equal(await acting(phone), null);
    await awake(phone);
    assert.equal(await acting(phone), null);
  });

  it("locks at once when asked", async (t) => {
    const { phone } = await begun(t);
    await lock(phone);
    assert.equal(await acting(phone), null);
  });
});

/** As server/identity/sealing.py does it. */
async function sealedTo(agreeKey, about) {
  const once = await webcrypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const shared = await webcrypto.subtle.deriveBits({ name: "ECDH", public: agreeKey }, once.privateKey, 256);
  const raw = hkdfSync("sha256", Buffer.from(shared), new Uint8Array(), utf8(about), 32);
  const key = await webcrypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const text = await webcrypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(about) }, key, SECRET);
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey("jwk", once.publicKey);
  return { key: { kty, crv, x, y }, nonce: base64url(iv), text: base64url(text) };
}

async function ordered({ server, phone }, number = 1, says = {}) {
  const { device } = await phone.identity();
  const { agree } = await phone.store.db.get("keys", device);
  const sealed = await sealedTo(agree.publicKey, `liandong station secret\0${device}\0${STATION_ID}\0${number}`);
  server.orders = [await server.sign({ id: `o${number}`, device, kind: "new_secret", at: "2026-11-23T00:00:00.000Z", station: STATION_ID, number, sealed, ...says })];
  await fetchState(phone.store, phone.session);
}

describe("the secret", () => {
  it("comes by a signed order, shows the server's digits, and cannot be read", async (t) => {
    const tablet = await enrolledTablet(t);
    await ordered(tablet);
    const { key, number } = await stationSecret(tablet.phone.store);

    assert.equal(number, 1);
    // server.records.station_code.code_at(bytes([7]) * 32, 2026-11-23T06:05:30Z)
    assert.equal(await codeAt(key, Date.parse("2026-11-23T06:05:30Z")), "010631");
    assert.equal(key.extractable, false);
    await assert.rejects(crypto.subtle.exportKey("raw", key));
  });

  it("an order for another tablet, or changed on the way, is not taken up", async (t) => {
    const tablet = await enrolledTablet(t);
    await ordered(tablet, 1, { device: "d01jd0000000000000000000009" });
    assert.equal(await stationSecret(tablet.phone.store), null);
    await ordered(tablet);
    tablet.server.orders = [{ ...tablet.server.orders[0], number: 9 }];
    await fetchState(tablet.phone.store, tablet.phone.session);
    assert.equal(await stationSecret(tablet.phone.store), null);
  });

  it("the next number takes the place of the one before", async (t) => {
    const tablet = await enrolledTablet(t);
    await ordered(tablet);
    await stationSecret(tablet.phone.store);
    await ordered(tablet, 2);
    assert.equal((await stationSecret(tablet.phone.store)).number, 2);
  });
});
