/** Codes of refusals, flags and failures in words. A code that this build does not know is shown with what it came with. */
import { readReasons } from "./context.js";
import { isKnownText } from "./text.js";

const FIELD_LABELS = {
  title: "phone.lead.title_field",
  description: "phone.lead.description",
  domain: "phone.lead.domain",
  place_text: "phone.lead.place_text",
  observed_at: "phone.lead.observed_at",
  no_photo_reason: "phone.lead.no_photo_reason",
  code: "phone.check.code",
  note: "phone.check.note",
};

/** Values of reasons that are codes themselves, and where their words are: the console has the same table. */
const CODED = { role: "console.role", action: "console.action", type: "console.type", field: "console.member" };
/** Values that say how long, and the seconds of their unit. */
const LAPSES_S = { off_s: 1, hours: 3600 };
const UNITS_S = { days: 86_400, hours: 3600, minutes: 60 };
/** Below so many of a unit the next smaller one says more. */
const ENOUGH = 2;
const HASH_SHOWN = 12;

/** @param {string} prefix `reason`, `flag`, `phone_error`, `sync`, `storage` @param {{code: string, params?: object}} said */
export function inWords(prefix, said, t) {
  const key = `${prefix}.${said.code}`;
  const words = isKnownText(key) ? t(key, wordsFor(said.params ?? {}, t)) : t("phone.unknown_code", { code: said.code });
  const label = FIELD_LABELS[said.params?.field];
  return label ? t("phone.about_field", { field: t(label), words }) : words;
}

function wordsFor(params, t) {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, valueInWords(name, value, t)]));
}

function valueInWords(name, value, t) {
  if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? nameInWords(item, t) : item));
  if (Object.hasOwn(LAPSES_S, name) && Number.isInteger(value)) return lapse(value * LAPSES_S[name], t);
  return Object.hasOwn(CODED, name) ? wordOr(CODED[name], value, t) : value;
}

/** A member of an entry, or what an entry waits for: `schema:lead:2`, `hash:…`, `log:…`, the id of a record. */
function nameInWords(name, t) {
  const [kind, ...rest] = name.split(":");
  if (rest.length === 0) return wordOr("console.member", name, t);
  if (kind === "schema") return t("console.waits.schema", { type: wordOr("console.type", rest[0], t), version: rest[1] });
  if (kind === "hash") return t("console.waits.hash", { hash: rest[0].slice(0, HASH_SHOWN) });
  if (kind === "log") return t("console.waits.log");
  return t("console.waits.record", { type: wordOr("console.type", kind, t), id: rest.join(":") });
}

function wordOr(prefix, code, t) {
  return isKnownText(`${prefix}.${code}`) ? t(`${prefix}.${code}`) : code;
}

function lapse(seconds, t) {
  const unit = Object.keys(UNITS_S).find((name) => seconds >= ENOUGH * UNITS_S[name]);
  return unit ? t(`lapse.${unit}`, { n: Math.floor(seconds / UNITS_S[unit]) }) : t("lapse.seconds", { n: seconds });
}

/** Why the centre did not take a photo; `reason` is `media.reason.<reason>` or a name that only the server's log explains. */
export function photoReason(reason, t) {
  const key = `media.reason.${reason}`;
  return t(isKnownText(key) ? key : "phone.media.refused_why");
}

/** A refusal of the log beside its field: {field: words}. */
export async function refusalBesideField(c, error) {
  await readReasons(c);
  const field = error.path?.split(".").filter((name) => name !== "body")[0] || "form";
  return { [field]: inWords("phone_error", error, c.var.t) };
}
