/** What is shown where something failed: what happened, where the work is, what to do. Never a blank screen. */
import { Hono } from "hono/tiny";
import { readReasons } from "./context.js";
import { HEADERS } from "./security.js";
import { translator } from "./text.js";
import { inWords } from "./reasons.js";

/** Where not even the app could be opened: no storage. @returns {Response} */
export function failurePage(error) {
  console.error(error);
  const words = new Hono().get("*", (c) => plain(c, "phone.failure.storage", 500, error));
  return words.fetch(new Request("https://phone.invalid/"));
}

export function unknown(c) {
  return plain(c, "phone.failure.unknown", 404);
}

export async function failed(error, c) {
  console.error(error);
  if (error.code && c.var.preferences) await readReasons(c);
  return plain(c, error.code === "storage_failed" ? "phone.failure.storage" : "phone.failure.unexpected", 500, error);
}

/** Made without the frame: that may be what failed. */
function plain(c, key, status, error) {
  const t = c.var.t ?? translator("zh");
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
  return c.html(
    // In a page that is there already the root and the title fall away, and the language stays on what is said.
    <html lang={t.language}>
      <title>{t("phone.name")}</title>
      <main lang={t.language}>
        <p role="alert">{t(key)}</p>
        {error?.code ? <p>{inWords("phone_error", error, t)}</p> : null}
        <p><a href="/app/">{t("phone.failure.home")}</a></p>
      </main>
    </html>,
    status,
  );
}
