/** Writes the web app manifest with the hashed names of its icons. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export async function placeManifest(source, out, names) {
  const manifest = JSON.parse(await readFile(join(source, "manifest", "manifest.json"), "utf8"));
  manifest.icons = manifest.icons.map((icon) => ({ ...icon, src: `/app/assets/${names[icon.src]}` }));
  await writeFile(join(out, "manifest.webmanifest"), JSON.stringify(manifest));
}
