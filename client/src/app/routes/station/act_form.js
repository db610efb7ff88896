/** From a form of the tablet to the body of a check event (server/records/check_event.py). Pure. */
import { checkInHash } from "../../../scan/codes.js";

export const KINDS = ["sup_confirm", "sup_deny", "in", "out", "mid_check", "break_start", "break_end", "note"];
const ABOUT = ["sup_confirm", "sup_deny"];
const SHORT = /^[0-9a-f]{6}$/;

/** What people read aloud and write down is mistaken in the same few ways. */
const shortOf = (text) => text.normalize("NFKC").toLowerCase().replaceAll(/[\s-]/g, "").replaceAll("o", "0").replaceAll(/[il]/g, "1");

/** @param {FormData} form @returns {{id: string, scan: string, short: string, rating: string, is_done: string, reason: string, note: string}} */
export function actFrom(form) {
  const text = (name) => String(form.get(name) ?? "").trim();
  return { id: text("id"), scan: text("scan"), short: shortOf(text("short")), rating: text("rating"), is_done: text("is_done"), reason: text("reason"), note: text("note") };
}

/** @param {(field: string, text: string) => string|null} tooLong @returns {Object<string, string>} what is wrong, by field */
export function actProblems(kind, act, t, tooLong) {
  const found = {
    short: act.short && !SHORT.test(act.short) ? t("phone.station.short_wrong") : null,
    reason: kind === "sup_deny" && !act.reason ? t("phone.form.missing") : tooLong("reason", act.reason),
    note: kind === "note" && !act.note ? t("phone.form.missing") : tooLong("note", act.note),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem));
}

/** @param {{order: string, station: {_id: string, version: number}, slot: string|undefined}} where @returns {object} the body */
export function actBody(kind, act, { order, station, slot }) {
  const about = ABOUT.includes(kind) ? (checkInHash(act.scan) ?? (act.short || undefined)) : undefined;
  const isConfirming = kind === "sup_confirm";
  return {
    kind, order, station: station._id, station_version: station.version, slot,
    about,
    reason: kind === "sup_deny" ? act.reason : undefined,
    note: act.note || undefined,
    rating: isConfirming && act.rating ? Number(act.rating) : undefined,
    task_done: isConfirming && act.is_done ? act.is_done === "yes" : undefined,
  };
}
