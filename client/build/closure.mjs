/** The files that an entry brings in at once, itself included: what can be fetched together instead of one after the other. */

/** @param {string[]} entries file names of entry points @param {object} outputs of esbuild's metafile @returns {Set<string>} output paths */
export function closure(entries, outputs) {
  const found = new Set();
  const add = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const next of outputs[file].imports) if (next.kind === "import-statement") add(next.path);
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) if (entryPoint && entries.includes(entryPoint.split("/").at(-1))) add(file);
  return found;
}

/** The same as names of assets, scripts alone. */
export function scriptsOf(entries, outputs) {
  return [...closure(entries, outputs)].map((file) => file.split("/").at(-1)).filter((name) => name.endsWith(".js"));
}
