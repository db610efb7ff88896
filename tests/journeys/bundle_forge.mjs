/** Prints the forge as one script. */
import { fileURLToPath } from "node:url";
import { buildSync } from "../../client/node_modules/esbuild/lib/main.js";

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const { outputFiles } = buildSync({
  entryPoints: [folder("forge.js")],
  nodePaths: [folder("../../client/node_modules")],
  bundle: true,
  format: "iife",
  globalName: "made",
  footer: { js: "globalThis.forge = made;" },
  write: false,
});
process.stdout.write(outputFiles[0].text);
