/** What the server sends where no worker answers yet: the frame, and a word until the screen is made on the phone. */
import { Document } from "./parts/document.jsx";
import { translator } from "./text.js";

/** @param {{names: Object<string, string>, build: string, preload: string[]}} facts of the build @returns {Promise<string>} */
export async function shell(facts) {
  const t = translator("zh");
  const page = (
    <Document {...facts} title={t("phone.name")}>
      <main id="shell">
        <p role="status">{t("phone.opening")}</p>
        <noscript>{t("phone.needs_script")}</noscript>
      </main>
    </Document>
  );
  return `<!doctype html>${await page.toString()}`;
}
