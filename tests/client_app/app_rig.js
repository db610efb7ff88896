/** The phone's own server for tests: built as for the phone, over a real log in IndexedDB, with feeds that a test fills in. */
import "../client/browser.js";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { freshName } from "../client/browser.js";
import { enrolledPhone } from "../client/phones.js";
import { digestOf } from "../../client/src/feeds/digest.js";
import { openPhone } from "../../client/src/log/phone.js";

const CLIENT = fileURLToPath(new URL("../../client/", import.meta.url));
const { build } = createRequire(join(CLIENT, "package.json"))("esbuild");
const ORIGIN = "http://phone.test";

export const STATION = { _id: "station:01st", type: "station", name: "祝阿镇公益服务站", version: 3 };
export const ORDER = { _id: "service_order:01or", type: "service_order", order_no: "QH-GY-甲-01", stations: ["station:01st"] };
export const DOMAINS = {
  _id: "code_table:01do", type: "code_table", table: "domain", version: 2024,
  codes: [{ code: "ECO", zh: "生态环境和资源保护", en: "Environment", common: true }, { code: "HERO", zh: "英烈权益", en: "Heroes" }],
};

async function builtApp() {
  const entry = join(CLIENT, "src", "app", "app.js");
  const shared = { jsx: "automatic", jsxImportSource: "hono/jsx", loader: { ".svg": "text" }, absWorkingDir: CLIENT };
  const { outputFiles } = await build({ ...shared, entryPoints: [entry], bundle: true, write: false, format: "esm" });
  const file = join(await mkdtemp(join(tmpdir(), "liandong-app-")), "app.mjs");
  await writeFile(file, outputFiles[0].contents);
  return (await import(pathToFileURL(file).href)).app;
}

export const app = await builtApp();

/** A feed's views as a test wants them; empty by itself. */
export function feedsWith({ stations = [], orders = [], tables = [], notices = [], own = [] } = {}) {
  return {
    stations: async () => stations,
    station: async (id) => stations.find((view) => view._id === id) ?? null,
    orders: async () => orders,
    notices: async () => notices,
    codeTable: async (table) => tables.find((view) => view.table === table) ?? null,
    ownViews: async (type) => own.filter((view) => view.type === type),
    ownNewest: async (limit) => digestOf(own, limit),
    ownView: async (id) => own.find((view) => view._id === id) ?? null,
  };
}

/** Screens over a phone: `get(path)`, `post(path, fields)`; a redirect is followed by the test, not here. */
export function screensOver(phone, views = {}, feeds = feedsWith(views)) {
  const env = {
    phone, build: "test", isPageMode: false, openFeeds: async () => feeds,
    names: { "page.js": "page.js", "phone.css": "phone.css", "icon-192.png": "icon.png" },
    loadAsset: async (logical) => new Response(await import("node:fs/promises").then((fs) => fs.readFile(join(CLIENT, "src/generated", logical)))),
  };
  const answer = async (request, more = {}) => {
    const response = await app.fetch(request, { ...env, ...more });
    return { status: response.status, to: response.headers.get("location"), headers: response.headers, text: await response.text() };
  };
  return {
    phone,
    get: (path) => answer(new Request(ORIGIN + path)),
    post: (path, fields = {}) => answer(new Request(ORIGIN + path, { method: "POST" }), { formData: formOf(fields) }),
  };
}

function formOf(fields) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}

/** Screens of a phone enrolled at a fake server. */
export async function enrolledScreens(t, views = {}, prepare = undefined) {
  const { server, phone } = await enrolledPhone(t, prepare);
  const screens = screensOver(phone, views);
  await screens.post("/app/settings", { language: "zh", large: "no" });
  return { ...screens, server };
}

/** Screens of a phone that nobody has enrolled; `origin` is where it would be enrolled. */
export async function newScreens(t, server) {
  const phone = await openPhone({ build: "test", name: freshName(), origin: server.origin, fetch: server.browserFetch() });
  t.after(() => phone.store.close());
  return screensOver(phone);
}

/** What a person sees: the text without tags. */
export function seen(html) {
  return html.replace(/<svg[\s\S]*?<\/svg>/g, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}
