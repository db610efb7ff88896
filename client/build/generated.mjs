/** Writes src/generated: form limits and messages from the server's own sources, and the sprite of the icons in use. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ICONS } from "../src/icons/names.js";

/** Texts that phones show. */
const ON_PHONES = /^(phone|phone_error|sync|storage|reason|flag|media\.reason)\./;

export function generateSources(client) {
  const folder = join(client, "src", "generated");
  mkdirSync(folder, { recursive: true });
  const own = join(client, "..", ".venv", "bin", "python");
  const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  execFileSync(python, ["-m", "server.client_build", folder], { cwd: join(client, ".."), stdio: "inherit" });
  splitMessages(folder);
  writeFileSync(join(folder, "sprite.svg"), sprite(client));
}

/** One file a language, so that a phone loads the second one only when it is asked for. */
function splitMessages(folder) {
  const messages = JSON.parse(readFileSync(join(folder, "messages.json"), "utf8"));
  for (const [language, texts] of Object.entries(messages)) {
    const kept = Object.entries(texts).filter(([key]) => ON_PHONES.test(key));
    writeFileSync(join(folder, `messages.${language}.json`), JSON.stringify(Object.fromEntries(kept)));
  }
}

function sprite(client) {
  const symbols = Object.entries(ICONS).map(([name, drawing]) => {
    const svg = readFileSync(join(client, "node_modules/lucide-static/icons", `${drawing}.svg`), "utf8");
    const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return `<svg hidden aria-hidden="true">${symbols.join("")}</svg>`;
}
