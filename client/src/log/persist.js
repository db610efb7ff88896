/** Ask the browser to keep our data; best effort, often refused. @returns {Promise<boolean>} */
export async function persist() {
  const storage = globalThis.navigator?.storage;
  if (!storage?.persist) return false;
  return (await storage.persisted()) || storage.persist();
}
