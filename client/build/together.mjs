/**
 * Keeps what every context of the phone runs in one script. esbuild parts code by who reaches what, which made nineteen files of it;
 * here the worker, the sync worker and what they load on demand reach all of it, so it stays whole.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const REACH_ALL = ["worker/sw.js", "worker/sync-worker.js", "log/upload.js", "log/rescue.js", ...["lead", "service", "station"].map((part) => `app/routes/${part}/routes.jsx`)];

/** @param {string} source folder of the client's sources */
export function together(source) {
  const paths = new Set(REACH_ALL.map((path) => join(source, path)));
  return {
    name: "together",
    setup(build) {
      build.onLoad({ filter: /\/src\/(worker|log|app\/routes\/\w+)\/[^/]+\.jsx?$/ }, async ({ path }) => {
        if (!paths.has(path)) return null;
        return { contents: `${await readFile(path, "utf8")}\nexport * from ${JSON.stringify(join(source, "core.js"))};`, loader: "jsx" };
      });
    },
  };
}
