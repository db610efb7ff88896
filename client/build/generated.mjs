/** Writes src/generated: form limits and messages from the server's own sources, and the sprite of the icons in use. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ICONS } from "../src/icons/names.js";

/** Texts that phones show: those of every screen, those of screens that are loaded later, and those that say why something did not go as it should. */
const ON_PHONES = { messages: /^phone\.(?!lead_|service\.|station\.|scan\.)/, lead: /^phone\.lead_/, service: /^phone\.(service|scan)\./, station: /^phone\.(station|scan)\./, reasons: /^(phone_error|reason|flag|media\.reason|sync|storage|lapse|console\.(role|type|action|member|waits)|service\.(explain|bound|deduction|result|waits))\./ };

export function generateSources(client) {
  const folder = join(client, "src", "generated");
  mkdirSync(folder, { recursive: true });
  const own = join(client, "..", ".venv", "bin", "python");
  const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  execFileSync(python, ["-m", "server.client_build", folder], { cwd: join(client, ".."), stdio: "inherit" });
  splitMessages(folder);
  keepTextLimits(folder);
  writeFileSync(join(folder, "sprite.svg"), sprite(client));
}

/** By language, so that a phone loads the second one only when it is asked for; and the reasons when there is one to say. */
function splitMessages(folder) {
  const messages = JSON.parse(readFileSync(join(folder, "messages.json"), "utf8"));
  for (const [language, texts] of Object.entries(messages)) {
    for (const [name, keys] of Object.entries(ON_PHONES)) {
      const kept = Object.entries(texts).filter(([key]) => keys.test(key));
      writeFileSync(join(folder, `${name}.${language}.json`), JSON.stringify(Object.fromEntries(kept)));
    }
  }
}

/** Of all that the schemas limit, the lengths of texts that people type. */
function keepTextLimits(folder) {
  const forms = JSON.parse(readFileSync(join(folder, "forms.json"), "utf8"));
  const kept = {};
  for (const [type, fields] of Object.entries(forms)) {
    const texts = Object.entries(fields).filter(([, { kind, pattern }]) => kind === "text" && !pattern);
    const limits = texts.map(([name, { required, min_length, max_length }]) => [name, { required, min_length, max_length }]);
    if (!type.includes(".")) kept[type] = Object.fromEntries(limits);
  }
  writeFileSync(join(folder, "text_limits.json"), JSON.stringify(kept));
}

function sprite(client) {
  const symbols = Object.entries(ICONS).map(([name, drawing]) => {
    const svg = readFileSync(join(client, "node_modules/lucide-static/icons", `${drawing}.svg`), "utf8");
    const shapes = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  });
  return `<svg hidden aria-hidden="true">${symbols.join("")}</svg>`;
}
