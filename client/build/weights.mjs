/**
 * Prints what the phone weighs: what its first screen needs, and what the worker fetches in the background meanwhile.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { closure } from "./closure.mjs";

const LIMIT_KB = 80;
/** The first screen: the page, its style, and the app that answers inside the page until the worker has come. */
const FIRST = ["page.js", "host.js", "phone.css"];
const BACKGROUND = ["sw.js", "sync-worker.js", "views.js"];

export async function printWeights(dist, { outputs }) {
  const first = closure(FIRST, outputs);
  const background = new Set([...closure(BACKGROUND, outputs)].filter((file) => !first.has(file)));
  const sums = { first: 0, background: 0, "on demand": 0 };
  for (const file of Object.keys(outputs)) {
    const name = outputs[file].entryPoint?.endsWith("worker/sw.js") ? "sw.js" : file.split("/").at(-1);
    const kb = gzipSync(await readFile(join(dist, name)), { level: 9 }).length / 1000;
    const when = first.has(file) ? "first" : background.has(file) ? "background" : "on demand";
    sums[when] += kb;
    console.log(`${kb.toFixed(1).padStart(7)} kB gz  ${when.padEnd(10)}  ${name}`);
  }
  console.log(`first load ${sums.first.toFixed(1)} kB gz (limit ${LIMIT_KB}), then in the background ${sums.background.toFixed(1)}, on demand ${sums["on demand"].toFixed(1)}`);
}
