/**
 * Texts by key in the person's language. Chinese is built in, English is loaded when it is asked for;
 * a key without English shows Chinese, and an unknown key shows itself, so that a fault is seen and nothing breaks.
 */
import zh from "../generated/messages.zh.json";

export const LANGUAGES = ["zh", "en"];
const loaded = { zh };

/** @param {string} language @param {(logical: string) => Promise<Response>} loadAsset */
export async function loadLanguage(language, loadAsset) {
  if (loaded[language]) return;
  try {
    const answer = await loadAsset(`messages.${language}.json`);
    if (answer.ok) loaded[language] = await answer.json();
  } catch {
    // Not cached and no network: Chinese until the next time.
  }
}

/** @returns {((key: string, params?: Object<string, unknown>) => string) & {language: string}} */
export function translator(language) {
  const t = (key, params = {}) => {
    const text = loaded[language]?.[key] ?? zh[key] ?? key;
    return text.replaceAll(/\{(\w+)\}/g, (whole, name) => said(params[name] ?? whole, language));
  };
  t.language = language;
  return t;
}

function said(value, language) {
  return Array.isArray(value) ? value.join(language === "zh" ? "、" : ", ") : String(value);
}

/** Is there such a text at all? For codes that a newer server may know and this build does not. */
export function isKnownText(key) {
  return Object.hasOwn(zh, key);
}
