/** Copies pictures and the texts that are loaded when they are needed into the assets under names hashed by content. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { consoleSprite } from "./console_sprite.mjs";

/** Chinese messages are in the script, for every screen needs them. */
export const TEXTS = ["messages.en.json", ...["reasons", "lead", "service", "station"].flatMap((name) => [`${name}.en.json`, `${name}.zh.json`])];

/** ZXing, for phones that read no codes themselves: fetched by those, and then kept by their worker like a file of the shell. */
export const SCANNER = "zxing_reader.wasm";

/** @returns {Promise<Object<string, string>>} logical name to hashed name */
export async function addStaticFiles(source, assets) {
  const pictures = join(source, "manifest");
  const files = readdirSync(pictures)
    .filter((name) => extname(name) === ".png" || extname(name) === ".svg")
    .map((name) => [name, join(pictures, name)]);
  for (const name of TEXTS) files.push([name, join(source, "generated", name)]);
  files.push([SCANNER, join(dirname(source), "node_modules/zxing-wasm/dist/reader", SCANNER)]);
  const names = {};
  const present = files.filter(([, file]) => existsSync(file));
  const contents = await Promise.all(present.map(async ([logical, path]) => [logical, await readFile(path)]));
  contents.push(["icons.svg", await consoleSprite(dirname(source))]);
  for (const [logical, bytes] of contents) {
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
    const extension = extname(logical);
    names[logical] = `${logical.slice(0, -extension.length)}-${hash}${extension}`;
    await writeFile(join(assets, names[logical]), bytes);
  }
  return names;
}
