/** Makes built scripts small: minified again, which finds what one pass leaves, and packed once here instead of with each answer. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import zopfli from "@gfx/zopfli";
import { minify } from "terser";

const OPTIONS = { module: true, ecma: 2020, compress: { passes: 2, ecma: 2020, unsafe_arrows: true, keep_fargs: false } };
const PACKED = new Set([".js", ".css", ".json", ".svg", ".wasm"]);
/** Rounds of looking for a shorter way; a twentieth smaller than zlib at its best, for a second more of building. */
const ROUNDS = 15;

/** Stands in each script while names are hashed, so that another way of packing gives another name. */
export const PACKING = `/* ${JSON.stringify(OPTIONS)} */`;

/** Every script of the folder, in place. */
export async function minifyScripts(folder) {
  const names = (await readdir(folder)).filter((name) => extname(name) === ".js");
  await Promise.all(names.map(async (name) => {
    const { code } = await minify(await readFile(join(folder, name), "utf8"), OPTIONS);
    await writeFile(join(folder, name), code);
  }));
}

/** Beside each text its `.gz`, which the server sends to whoever takes it. */
export async function packTexts(folder) {
  const names = (await readdir(folder)).filter((name) => PACKED.has(extname(name)) && name !== "manifest.json");
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    // A megabyte of WebAssembly takes zopfli half a minute, for a twentieth.
    const packed = extname(name) === ".wasm" ? gzipSync(bytes, { level: 9 }) : await zopfli.gzipAsync(bytes, { numiterations: ROUNDS });
    await writeFile(join(folder, `${name}.gz`), packed);
  }
}
