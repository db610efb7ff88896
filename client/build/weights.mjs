/**
 * Prints what the phone weighs: what a first visit loads until the phone works by itself, and what comes on demand. Keeps the names of the
 * latter in dist/on-demand.json, for whoever measures.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { closure } from "./closure.mjs";

const LIMIT_KB = 80;
/** The page, its style, the app that answers inside the page until the worker has come, both workers, PouchDB. */
const FIRST = ["page.js", "core.js", "sync-worker.js", "phone.css"];
/** It brings along what others load later, in the background and once. */
const WORKER = "worker/sw.js";

export async function printWeights(dist, { outputs }) {
  const first = closure(FIRST, outputs);
  const onDemand = [];
  const sums = { first: 0, "on demand": 0 };
  for (const file of Object.keys(outputs)) {
    const isWorker = outputs[file].entryPoint?.endsWith(WORKER);
    if (isWorker) first.add(file);
    const name = isWorker ? "sw.js" : file.split("/").at(-1);
    const kb = (await readFile(join(dist, `${name}.gz`))).length / 1000;
    const when = first.has(file) ? "first" : "on demand";
    sums[when] += kb;
    if (!first.has(file)) onDemand.push(name);
    console.log(`${kb.toFixed(1).padStart(7)} kB gz  ${when.padEnd(10)}  ${name}`);
  }
  await writeFile(join(dist, "on-demand.json"), JSON.stringify(onDemand));
  console.log(`first load ${sums.first.toFixed(1)} kB gz (limit ${LIMIT_KB}), on demand ${sums["on demand"].toFixed(1)}`);
}
