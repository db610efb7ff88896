/**
 * Builds phone and console: scripts and styles in dist/ with names hashed by content, the worker as dist/sw.js, the first visit's dist/shell.html,
 * and dist/manifest.json from logical to hashed names. Works offline; prints what the phone's first load weighs.
 */
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { scriptsOf } from "./build/closure.mjs";
import { generateSources } from "./build/generated.mjs";
import { leanPackages } from "./build/lean_packages.mjs";
import { minifyScripts, PACKING, packTexts } from "./build/packing.mjs";
import { renderShell } from "./build/shell.mjs";
import { addStaticFiles, SCANNER, TEXTS } from "./build/static_files.mjs";
import { together } from "./build/together.mjs";
import { placeManifest } from "./build/web_manifest.mjs";
import { printWeights } from "./build/weights.mjs";

const CLIENT = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(CLIENT, "src");
// Of this process alone: two builds at once must not mix.
const OUT = join(CLIENT, "node_modules", `.build-${process.pid}`);
const ASSETS = "/app/assets/";

const OPTIONS = {
  absWorkingDir: CLIENT,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  splitting: true,
  target: ["es2022", "chrome100", "firefox115", "safari16"],
  jsx: "automatic",
  jsxImportSource: "hono/jsx",
  // PouchDB's dependencies ask for node's `global`.
  define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  loader: { ".svg": "text" },
  outdir: OUT,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  legalComments: "none",
  charset: "utf8",
  banner: { js: PACKING },
  logLevel: "warning",
};

const PHONE = ["page/page.js", "core.js", "worker/sw.js", "worker/sync-worker.js", "scan/scan-worker.js", "style/phone.css", "style/tablet.css"];
const NAMED = ["page.js", "sync-worker.js", "scan-worker.js", "phone.css", "tablet.css", "icon-192.png", SCANNER, ...TEXTS];
const SHELL_FILES = ["icon-192.png", ...TEXTS];
const CONSOLE = ["console/console.js", "style/console.css"];

const startedMs = performance.now();
generateSources(CLIENT);
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });

const phone = await bundle(PHONE, [leanPackages, together(SOURCE)]);
const desk = await bundle(CONSOLE.filter((path) => existsSync(join(SOURCE, path))));
await minifyScripts(OUT);
const manifest = { ...phone.names, ...desk.names, ...(await addStaticFiles(SOURCE, OUT)) };
const shell = shellFiles(phone.metafile, manifest);
await placeWorker(manifest, shell);
await placeManifest(SOURCE, OUT, manifest);
await writeFile(join(OUT, "shell.html"), await renderShell(SOURCE, OPTIONS, factsOf(manifest, shellScripts())));
await writeFile(join(OUT, "manifest.json"), JSON.stringify(manifest, null, 2));
await packTexts(OUT);
await swapIn(join(CLIENT, "dist"));
await printWeights(join(CLIENT, "dist"), phone.metafile);
console.log(`built in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);

/** At the end, so that a server that runs meanwhile never sees half a build. */
async function swapIn(dist) {
  const old = `${OUT}-old`;
  if (existsSync(dist)) await rename(dist, old);
  await rename(OUT, dist);
  await rm(old, { recursive: true, force: true });
}

async function bundle(paths, plugins = []) {
  if (paths.length === 0) return { names: {}, metafile: { outputs: {} } };
  const { metafile } = await build({ ...OPTIONS, plugins, entryPoints: paths.map((path) => join(SOURCE, path)) });
  const names = {};
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const logical = output.entryPoint.split("/").at(-1).replace(".jsx", ".js");
    names[logical] = file.split("/").at(-1);
  }
  return { names, metafile };
}

/** Everything the worker keeps for a cold start without a network: all of the phone's files but the worker itself. */
function shellFiles(metafile, manifest) {
  const scripts = Object.keys(metafile.outputs).map((file) => file.split("/").at(-1));
  const others = SHELL_FILES.map((logical) => manifest[logical]).filter(Boolean);
  return [...new Set([...scripts, ...others])].filter((file) => file !== manifest["sw.js"]).map((file) => ASSETS + file);
}

/** The worker has a fixed address outside the assets, so its imports are made absolute and it is told what to keep. */
async function placeWorker(manifest, shell) {
  const hashed = join(OUT, manifest["sw.js"]);
  const source = (await readFile(hashed, "utf8")).replaceAll(/(from|import)"\.\//g, `$1"${ASSETS}`);
  manifest.build = createHash("sha256").update(JSON.stringify([manifest, shell])).digest("hex").slice(0, 12);
  const facts = factsOf(manifest, scriptsOf(["page.js"], phone.metafile.outputs));
  const build = { ...facts, shell, shellPreload: shellScripts() };
  await writeFile(join(OUT, "sw.js"), `self.LIANDONG_BUILD=${JSON.stringify(build)};${source}`);
  await rm(hashed);
  manifest["sw.js"] = "sw.js";
  await copyFile(join(SOURCE, "worker", "sw-off.js"), join(OUT, "sw-off.js"));
}

/** A page that makes its screens itself needs the app as well. */
function shellScripts() {
  return scriptsOf(["page.js", "core.js"], phone.metafile.outputs);
}

/** What a page says of its build: the names asked for by hand, and the scripts to fetch together. */
function factsOf(manifest, preload) {
  const names = Object.fromEntries(NAMED.filter((logical) => manifest[logical]).map((logical) => [logical, manifest[logical]]));
  return { build: manifest.build, names, preload };
}
