/** Views of a service order and what belongs to it, as a participant's feed has them. */
import { ORDER, STATION } from "./app_rig.js";

export const HEAD = "a".repeat(64);
export const OFFERED = {
  ...ORDER, state: "offered", heads: [HEAD], next: ["decline", "pledge", "withdraw"], required_min: 1800, start_on: "2026-11-01", due_on: "2099-12-20",
  daily_cap_min: 360, weekly_cap_min: 1200, service_types: ["环境整治"], verify_level: "L2", notice: "notice:01n1",
};
export const SERVED = { ...OFFERED, state: "in_progress", next: ["withdraw"], assigned_station: STATION._id };
export const OPEN_STATION = { ...STATION, open_hours: "全天", opens_at: "00:00", closes_at: "24:00", capacity: 8 };
export const NOTICES = [
  { _id: "notice:01n1", type: "notice", kind: "notice", version: 1, title: "公益服务告知书", text: "参加完全自愿。", valid_from: "2026-01-01", state: "in_force" },
  { _id: "notice:01n2", type: "notice", kind: "notice", version: 2, title: "公益服务告知书（新）", text: "新的告知。", valid_from: "2026-06-01", state: "in_force" },
  { _id: "notice:01p1", type: "notice", kind: "pledge", version: 1, title: "承诺书", text: "本人自愿参加。", valid_from: "2026-01-01", state: "in_force" },
  { _id: "notice:01p2", type: "notice", kind: "pledge", version: 2, title: "承诺书（以后的）", text: "以后的。", valid_from: "2099-01-01", state: "in_force" },
  { _id: "notice:01r1", type: "notice", kind: "read_back", version: 1, title: "回读确认书", text: "看过不等于同意。", valid_from: "2026-01-01", state: "in_force" },
];
export const SESSION = {
  _id: "service_session:01ev", type: "service_session", order: ORDER._id, station: STATION._id, day: "2026-11-23", state: "credited", started_at: "2026-11-23T14:05:00+08:00",
  ended_at: "2026-11-23T17:32:00+08:00", reported_min: 207, credited_min: 195, heads: [HEAD], next: ["dispute"], due_on: "2026-12-01", history: [],
};
export const EVALUATION = {
  _id: "evaluation:01va", type: "evaluation", order: ORDER._id, state: "prosecutor_accepted", grade: "qualified", station_comment: "按时到场，认真。", heads: [HEAD],
  next: ["object", "read_back"], due_on: "2026-12-01", history: [],
};

/** The hidden fields that a person's browser would post from a screen. */
export function hiddenFields(html) {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name, value]) => [name, value.replaceAll("&quot;", '"')]));
}

/** A picture as a canvas gives it. */
export const PICTURE = new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4])], { type: "image/png" });

/** All entries as they stand in the log: ids that a form gave in one millisecond have no order of their own. */
export const logged = async (phone) => (await phone.entries()).sort((a, b) => a.entry - b.entry);
