/**
 * Texts by key in the person's language. Chinese is built in, English and the reasons why something did not go as it
 * should are loaded when they are asked for; a key without English shows Chinese, and an unknown key shows itself, so that a fault is seen and nothing breaks.
 */
import zh from "../generated/messages.zh.json";

export const LANGUAGES = ["zh", "en"];
const loaded = { zh: { ...zh }, en: {} };
const files = new Set(["messages.zh"]);

/** @param {string} language @param {(logical: string) => Promise<Response>} loadAsset */
export function loadLanguage(language, loadAsset) {
  return load("messages", language, loadAsset);
}

/** Needed before `phone_error.*`, `reason.*`, `flag.*`, `media.reason.*`, `service.*`, `sync.*` and `storage.*` are said. @param {string} language @param {(logical: string) => Promise<Response>} loadAsset */
export function loadReasons(language, loadAsset) {
  return loadTexts("reasons", language, loadAsset);
}

/** The texts of a part of the app that is loaded later. @param {string} name `service`, `station` or `reasons` */
export function loadTexts(name, language, loadAsset) {
  return Promise.all([load(name, "zh", loadAsset), load(name, language, loadAsset)]);
}

async function load(name, language, loadAsset) {
  const file = `${name}.${language}`;
  if (files.has(file)) return;
  try {
    const answer = await loadAsset(`${file}.json`);
    if (!answer.ok) return;
    Object.assign(loaded[language], await answer.json());
    files.add(file);
  } catch {
    // Not cached and no network: Chinese, or the bare code, until the next time.
  }
}

/** @returns {((key: string, params?: Object<string, unknown>) => string) & {language: string}} */
export function translator(language) {
  const t = (key, params = {}) => {
    const text = loaded[language][key] ?? loaded.zh[key] ?? key;
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
  return Object.hasOwn(loaded.zh, key);
}
