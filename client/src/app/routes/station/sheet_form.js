/** Lines of a numbered paper sheet, each typed twice: what differs is shown, not guessed. Pure. */
import { localTime } from "../../when.js";

const CLOCK = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
export const MOST_LINES = 60;
const NUMBER = /^[^\s].{0,19}$/u;

/** @returns {{number: string, day: string}} */
export function sheetFrom(form) {
  const text = (name) => String(form.get(name) ?? "").normalize("NFKC").trim();
  return { number: text("number"), day: text("day") };
}

/** @returns {Object<string, string>} */
export function sheetProblems({ number, day }, { photo, today }, t) {
  const found = {
    number: NUMBER.test(number) ? null : t("phone.station.sheet_number_wrong"),
    day: /^\d{4}-\d\d-\d\d$/.test(day) && day <= today ? null : t("phone.station.sheet_day_wrong"),
    photo: photo ? null : t("phone.station.sheet_photo_missing"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem));
}

/** @returns {{line: number, order: string, came: string, went: string, came_again: string, went_again: string}} */
export function lineFrom(form) {
  const text = (name) => String(form.get(name) ?? "").normalize("NFKC").trim();
  return { line: Number(text("line")), order: text("order"), came: text("came"), went: text("went"), came_again: text("came_again"), went_again: text("went_again") };
}

/** @param {{line: number}[]} before lines that are there already @returns {Object<string, string>} what is wrong, by field */
export function lineProblems(line, before, t) {
  const isFree = Number.isInteger(line.line) && line.line >= 1 && line.line <= MOST_LINES && before.every((each) => each.line !== line.line);
  const found = {
    line: isFree ? null : t("phone.station.line_wrong"),
    order: line.order ? null : t("phone.form.choose"),
    came: CLOCK.test(line.came) ? null : t("phone.station.time_wrong"),
    went: !CLOCK.test(line.went) ? t("phone.station.time_wrong") : line.went < line.came ? t("phone.station.out_before_in") : null,
    came_again: line.came_again === line.came ? null : t("phone.station.times_differ"),
    went_again: line.went_again === line.went ? null : t("phone.station.times_differ"),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem));
}

/** @param {{number: string, day: string}} sheet @param {object} line @param {{_id: string, version: number}} station @returns {object} the body of its check event */
export function lineBody({ number, day }, line, station) {
  const at = (clock) => localTime(new Date(`${day}T${clock}:00`));
  return {
    kind: "sheet_line", order: line.order, station: station._id, station_version: station.version,
    sheet: { number, line: line.line }, claim: { in_at: at(line.came), out_at: at(line.went) },
  };
}
