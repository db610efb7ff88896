/** From the check-in form to a check event: what is known, what is typed, and the position samples as an erasable part. */
import { digitsOf } from "../../digits.js";
import { textProblem } from "../../limits.js";
import { spreadOf } from "../../spread.js";
import { localTime } from "../../when.js";

const CODE = /^[0-9]{6}$/;
const MAX_SAMPLES = 5;

/** @returns {{order: string, station: string, kind: string, code: string, note: string, samples: object[], missing: string}} */
export function checkFrom(form) {
  const text = (name) => String(form.get(name) ?? "").trim();
  return {
    id: text("id"), kind: text("kind") === "out" ? "out" : "in", order: text("order"), station: text("station"),
    code: digitsOf(text("code")), note: text("note"), samples: samplesFrom(text("samples")), missing: text("samples_missing"),
  };
}

function samplesFrom(text) {
  try {
    return text ? JSON.parse(text).slice(-MAX_SAMPLES) : [];
  } catch {
    // Only our own page writes this field; anything else is no position.
    return [];
  }
}

export function checkProblems(check, t) {
  return {
    order: check.order ? null : t("phone.form.choose"),
    station: check.station ? null : t("phone.form.choose"),
    code: check.code && !CODE.test(check.code) ? t("phone.check.code_digits") : null,
    note: textProblem("check_event", "note", check.note, t),
  };
}

/** @param {object} check @param {{_id: string, version: number}} station @returns {{body: object, parts: object}} */
export function sealedCheck(check, station) {
  const body = { kind: check.kind, order: check.order, station: station._id, station_version: station.version };
  if (check.code) body.code = { value: check.code, at: localTime() };
  if (check.note) body.note = check.note;
  if (check.samples.length === 0) return { body: { ...body, fix_missing_reason: check.missing || "timeout" }, parts: {} };
  return { body, parts: { fix: { samples: check.samples, datum: "WGS-84", spread_m: spreadOf(check.samples) } } };
}

/** In after out, out after in: what the last event of this order leaves to be done, made on this phone or another of the member's. */
export function nextKind(records, order) {
  const last = records.find((record) => record.body.order === order);
  return last?.body.kind === "in" ? "out" : "in";
}
