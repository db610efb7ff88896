/** Minutes, days and places as people say them. */

const HOUR_MIN = 60;

/** `90` is 1 小时 30 分钟. */
export function sayHours(minutes, t) {
  const [hours, rest] = [Math.floor(minutes / HOUR_MIN), minutes % HOUR_MIN];
  if (hours === 0) return t("phone.service.minutes", { n: rest });
  return rest === 0 ? t("phone.service.hours_only", { n: hours }) : t("phone.service.hours_minutes", { hours, minutes: rest });
}

/** A date without a clock time. @param {string} date `2026-11-23` */
export function sayDay(date, t) {
  const [year, month, day] = date.split("-").map(Number);
  return t("phone.service.day", { date: new Date(year, month - 1, day).toLocaleDateString(t.language === "zh" ? "zh-CN" : "en-GB", { year: "numeric", month: "long", day: "numeric" }) });
}

/** The time alone, where the day is said already. */
export function sayClock(at) {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}
