/** Who this phone is: the device and member it was enrolled as, with what the server last said about them. */
import { PhoneError } from "./errors.js";

/** @returns {Promise<import("./phone.js").Identity|null>} */
export async function loadIdentity(store) {
  const meta = store.db.transaction("meta").store;
  const [identity, flags] = await Promise.all([meta.get("identity"), meta.get("flags")]);
  if (!identity) return null;
  const { server_key: _key, epoch: _epoch, ...shown } = identity;
  return { revoked: false, locked: false, must_re_enrol: false, ...shown, ...flags };
}

/** With the server's key; for log/ and sync/ only. */
export async function requireIdentity(store) {
  const identity = await store.getMeta("identity");
  if (!identity) throw new PhoneError("not_enrolled");
  return identity;
}

/** @param {{revoked?: boolean, locked?: boolean, must_re_enrol?: boolean}} changes */
export async function setFlags(store, changes) {
  const flags = (await store.getMeta("flags")) ?? {};
  const changed = Object.entries(changes).some(([name, value]) => (flags[name] ?? false) !== value);
  if (changed) await store.setMeta("flags", { ...flags, ...changes });
  return changed;
}
