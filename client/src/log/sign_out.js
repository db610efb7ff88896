/** Sign out: end the session, forget who we are and give up the feeds, refused while anything is unsent. The log stays on the phone. */
import { announce } from "./channel.js";
import { PhoneError } from "./errors.js";
import { countUnsent } from "./overview.js";

/** @throws {PhoneError} unsent_left {entries, photos, drafts} */
export async function signOut(store, session) {
  const { entries, photos, drafts } = await countUnsent(store);
  if (entries || photos || drafts) throw new PhoneError("unsent_left", { entries, photos, drafts });
  // Without a network the session ends by itself; the person must still be able to leave.
  await session.send("/sync/session", { method: "DELETE" }).catch(() => null);
  const transaction = store.db.transaction("meta", "readwrite");
  for (const key of ["identity", "flags", "beacon", "status"]) transaction.store.delete(key);
  // Copies of what the centre holds about this member: destroyed by the next pass, shown to nobody from now on.
  const feeds = Object.values((await transaction.store.get("feeds")) ?? {}).map(({ database }) => database);
  const stale = (await transaction.store.get("feeds_stale")) ?? [];
  transaction.store.put([...new Set([...stale, ...feeds])], "feeds_stale");
  transaction.store.put({}, "feeds");
  await transaction.done;
  announce(store.name, { changed: "state" });
  announce(store.name, { ask: "sync" });
}
