/** The number that a lead has from its first moment on: it can be written on paper before any server has heard of it. */
import { requireIdentity } from "./identity.js";

const DEVICE_SIGNS = 4;
const LEAST_DIGITS = 3;

/** Four signs of this device, and its own count: `7F3A-012`. A number that was given is never given again. @returns {Promise<string>} */
export async function nextLocalRef(store) {
  const { device } = await requireIdentity(store);
  const transaction = store.db.transaction("meta", "readwrite");
  const key = `local_ref:${device}`;
  const count = ((await transaction.store.get(key)) ?? 0) + 1;
  await transaction.store.put(count, key);
  await transaction.done;
  return `${device.slice(-DEVICE_SIGNS).toUpperCase()}-${String(count).padStart(LEAST_DIGITS, "0")}`;
}
