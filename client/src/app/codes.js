/** The versioned code tables of the catalog feed: what a domain or a township is called. */

/** @returns {Promise<{version: number, codes: {code: string, zh: string, en: string, common?: boolean}[]}>} common codes first */
export async function codeTable(feeds, table) {
  const found = await feeds.codeTable(table);
  if (!found) return { version: 0, codes: [] };
  const rank = (row) => (row.common ? 0 : 1);
  return { version: found.version, codes: [...found.codes].sort((a, b) => rank(a) - rank(b)) };
}

export function nameOfCode(codes, code, language) {
  const found = codes.find((row) => row.code === code);
  return found ? (found[language] ?? found.zh) : code;
}
