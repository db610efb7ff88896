/** Makes one SVG sprite of the console's icons, each a symbol that is named as lucide names it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CONSOLE_ICONS } from "../src/console/icon_names.js";

/** @returns {Promise<Buffer>} the sprite; `<use href="icons.svg#inbox">` draws one */
export async function consoleSprite(client) {
  const symbols = await Promise.all(CONSOLE_ICONS.map((name) => symbolOf(client, name)));
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

async function symbolOf(client, name) {
  const source = await readFile(join(client, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
  const drawing = source.slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"));
  // The look travels with the symbol: a stylesheet of the page does not reach into another file.
  const look = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${look}>${drawing.replaceAll(/\s+/g, " ").trim()}</symbol>`;
}
