/**
 * Times as people say them: 11月23日 14:05, in the status line only 14:05 while it is today; and ages in words.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @param {string|number} at RFC 3339 or epoch ms */
export function sayWhen(at, t) {
  const time = new Date(at);
  const params = { year: time.getFullYear(), month: t.language === "en" ? MONTHS[time.getMonth()] : time.getMonth() + 1, day: time.getDate(), time: clock(time) };
  return t(time.getFullYear() === new Date().getFullYear() ? "phone.when.day" : "phone.when.year", params);
}

/** For what is mostly of today. */
export function sayShort(at, t) {
  const time = new Date(at);
  return time.toDateString() === new Date().toDateString() ? clock(time) : sayWhen(at, t);
}

export function sayAge(at, t) {
  const ageMs = Date.now() - new Date(at).getTime();
  if (ageMs < MINUTE_MS) return t("phone.age.now");
  if (ageMs < HOUR_MS) return t("phone.age.minutes", { n: Math.floor(ageMs / MINUTE_MS) });
  if (ageMs < DAY_MS) return t("phone.age.hours", { n: Math.floor(ageMs / HOUR_MS) });
  return t("phone.age.days", { n: Math.floor(ageMs / DAY_MS) });
}

/** RFC 3339 with milliseconds and this phone's offset, as entries want it. */
export function localTime(time = new Date()) {
  const offsetMin = -time.getTimezoneOffset();
  const shifted = new Date(time.getTime() + offsetMin * MINUTE_MS).toISOString().slice(0, -1);
  const sign = offsetMin < 0 ? "-" : "+";
  return `${shifted}${sign}${pad(Math.floor(Math.abs(offsetMin) / 60))}:${pad(Math.abs(offsetMin) % 60)}`;
}

function clock(time) {
  return `${pad(time.getHours())}:${pad(time.getMinutes())}`;
}

function pad(number) {
  return String(number).padStart(2, "0");
}
