/** Renders the page of a first visit from the app's own frame, so that there is one. */
import { build } from "esbuild";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rm, writeFile } from "node:fs/promises";

export async function renderShell(source, { outdir, jsx, jsxImportSource, loader, absWorkingDir }, facts) {
  const shared = { jsx, jsxImportSource, loader, absWorkingDir, bundle: true, write: false, platform: "node", format: "esm" };
  const { outputFiles } = await build({ ...shared, entryPoints: [join(source, "app", "shell.jsx")] });
  const file = join(outdir, "shell.mjs");
  await writeFile(file, outputFiles[0].contents);
  const { shell } = await import(pathToFileURL(file).href);
  await rm(file);
  return shell(facts);
}
