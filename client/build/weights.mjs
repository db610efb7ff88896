/** Prints what the phone's first load weighs: everything that page, worker, sync worker and style bring in at once. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 80;
const FIRST = new Set(["page.js", "sw.js", "sync-worker.js", "phone.css"]);

export async function printWeights(dist, metafile) {
  const first = new Set();
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint && FIRST.has(output.entryPoint.split("/").at(-1))) addWithImports(file, metafile, first);
  }
  let total = 0;
  for (const [file, output] of Object.entries(metafile.outputs)) {
    const name = file.split("/").at(-1);
    const isWorker = output.entryPoint?.endsWith("worker/sw.js");
    const bytes = gzipSync(await readFile(join(dist, isWorker ? "sw.js" : `assets/${name}`)), { level: 9 }).length;
    if (first.has(file)) total += bytes;
    console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB gz  ${first.has(file) ? "first" : "later"}  ${isWorker ? "sw.js" : name}`);
  }
  console.log(`${(total / 1000).toFixed(1).padStart(7)} kB gz  first load of the phone, limit ${LIMIT_KB}`);
}

function addWithImports(file, metafile, found) {
  if (found.has(file)) return;
  found.add(file);
  for (const next of metafile.outputs[file].imports) {
    if (next.kind === "import-statement") addWithImports(next.path, metafile, found);
  }
}
