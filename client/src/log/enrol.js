/** Enrol this phone by a one-time code: make keys, register their public halves, keep who we are. Erases nothing of an earlier device. */
import { announce } from "./channel.js";
import { PhoneError } from "./errors.js";
import { loadIdentity } from "./identity.js";
import { claimKeys, pendingKeys, publicJwk } from "./keys.js";
import { localTime } from "./entry.js";

const REFUSED = { 400: "code_refused", 401: "code_refused", 403: "code_refused", 404: "code_refused", 410: "code_refused", 422: "code_refused", 429: "too_many_tries" };

export async function enrol(store, session, { code, label }, build) {
  const current = await loadIdentity(store);
  if (current && !current.must_re_enrol) throw new PhoneError("already_enrolled");
  const pairs = await pendingKeys(store);
  const [signKey, agreeKey] = await Promise.all([publicJwk(pairs.sign.publicKey), publicJwk(pairs.agree.publicKey)]);
  const response = await session.send("/sync/enrol", {
    method: "POST",
    json: { code, sign_key: signKey, agree_key: agreeKey, label, app: build },
  });
  if (response.status !== 201) throw new PhoneError(REFUSED[response.status] ?? "server_error", { status: response.status }, "code");
  await keep(store, await response.json(), pairs, label);
  announce(store.name, { changed: "state", enrolled: true });
  return loadIdentity(store);
}

async function keep(store, answer, pairs, label) {
  const { device, member, display_name, kind, roles, server_key, epoch } = answer;
  const transaction = store.db.transaction(["keys", "meta"], "readwrite");
  const meta = transaction.objectStore("meta");
  await claimKeys(transaction, device, pairs);
  await meta.put({ device, member, display_name, kind, roles, server_key, epoch, label, enrolled_at: localTime() }, "identity");
  await meta.delete("flags");
  await transaction.done;
}
