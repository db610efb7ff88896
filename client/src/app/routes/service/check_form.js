/** From the form of a check event to its body: what is known, typed or scanned, and the position samples as an erasable part. */
import { stationCode } from "../../../scan/codes.js";
import { digitsOf } from "../../digits.js";
import { textProblem } from "../../limits.js";
import { spreadOf } from "../../spread.js";
import { localTime } from "../../when.js";

const CODE = /^[0-9]{6}$/;
const MAX_SAMPLES = 5;
const KINDS = ["in", "out", "mid_check", "break_start", "break_end"];

/**
 * @typedef {{id: string, kind: string, order: string, station: string, slot: string, code: string, scan: string, note: string,
 *   samples: object[], missing: string, photo: object|null, knows: string}} Check `photo`: kept on this phone already; `knows`: the open stay that was shown
 */

/** @param {FormData} form @returns {Check} */
export function checkFrom(form) {
  const text = (name) => String(form.get(name) ?? "").trim();
  const kind = text("instead") || text("kind");
  const scan = text("scan");
  return {
    id: text("id"), kind: KINDS.includes(kind) ? kind : "in", order: text("order"), slot: text("slot"), scan,
    station: text("station"), code: digitsOf(text("code")), note: text("note"), samples: parsed(text("samples"), []).slice(-MAX_SAMPLES),
    missing: text("samples_missing"), photo: parsed(text("kept_photo"), null), knows: text("knows"),
  };
}

function parsed(text, otherwise) {
  try {
    return text ? JSON.parse(text) : otherwise;
  } catch {
    // Only our own page writes these fields; anything else is nothing.
    return otherwise;
  }
}

export function checkProblems(check, t) {
  return {
    order: check.order ? null : t("phone.form.choose"),
    station: check.station ? null : t("phone.form.choose"),
    code: check.code && !CODE.test(check.code) ? t("phone.service.check.code_digits") : null,
    note: textProblem("check_event", "note", check.note, t),
  };
}

/** @param {Check} check @param {{_id: string, version: number}} station @returns {{body: object, parts: object}} */
export function sealedCheck(check, station) {
  const body = { kind: check.kind, order: check.order, station: station._id, station_version: station.version };
  if (check.slot) body.slot = check.slot;
  if (check.code) body.code = codeOf(check);
  if (check.note) body.note = check.note;
  if (check.samples.length === 0) return { body: { ...body, fix_missing_reason: check.missing || "timeout" }, parts: {} };
  return { body, parts: { fix: { samples: check.samples, datum: "WGS-84", spread_m: spreadOf(check.samples) } } };
}

/** Scanned only while what was read still stands in the field: who types over it has typed. */
function codeOf({ code, scan }) {
  const at = localTime();
  const read = stationCode(scan);
  if (read?.value !== code) return { value: code, at };
  return { value: code, at, is_scanned: true, ...(read.head ? { head: read.head } : {}) };
}
