/** The same behaviour from the build of PouchDB that phones carry: the tests of feeds and of cut connections, through build/lean_packages.mjs. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { leanPackages, without } from "../../client/build/lean_packages.mjs";

const CLIENT = fileURLToPath(new URL("../../client/", import.meta.url));
const { build } = createRequire(join(CLIENT, "package.json"))("esbuild");
const folder = await mkdtemp(join(tmpdir(), "liandong-lean-"));
const keptOutside = {
  name: "kept-outside",
  setup: (builder) => builder.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true })),
};

const outfile = join(folder, "lean.mjs");
await build({
  stdin: { contents: 'import "./feeds.test.js"; import "./cuts.test.js";', resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
  outfile, absWorkingDir: CLIENT, nodePaths: [join(CLIENT, "node_modules")], bundle: true, format: "esm", platform: "browser",
  define: { global: "globalThis", "import.meta.url": JSON.stringify(import.meta.url) }, plugins: [keptOutside, leanPackages], logLevel: "error",
});
await import(pathToFileURL(outfile).href);
await rm(folder, { recursive: true });

describe("cutting a package", () => {
  it("replaces a member, a method and the body of a function, and nothing else", () => {
    const source = "class A { a() { return 1; } #b() { return 2; } } function c(x) { return x; } A.d = () => 3; keep();";
    const cut = { a: "", "body #b": "return 4;", "function c": "", "A.d": "A.e = 5;" };
    assert.equal(without(source, cut, "it"), "class A {  #b() {return 4;} } function c(x) {} A.e = 5; keep();");
  });

  it("says so when the part is no longer there", () => {
    assert.throws(() => without("keep();", { "this.gone": "" }, "package/index.js"), /package\/index.js has no this.gone/);
  });
});
