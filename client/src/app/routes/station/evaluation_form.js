/** From the tablet's form to the fields of the station's evaluation (server/workflows/evaluation.toml, `submit`). Pure. */
import { statementProblem } from "../service/statement.js";

export const SCORES = ["attendance", "attitude", "work_quality", "rule_keeping"];
export const GRADES = ["excellent", "qualified", "unqualified"];
export const MOST_POINTS = 100;
const POINTS = /^\d{1,3}$/;

/** @param {FormData} form @returns {Object<string, string>} as it was typed, with `id` */
export function evaluationFrom(form) {
  const text = (name) => String(form.get(name) ?? "").trim();
  const points = SCORES.map((name) => [name, text(name).normalize("NFKC")]);
  return { id: text("id"), ...Object.fromEntries(points), grade: text("grade"), station_comment: text("station_comment") };
}

/** @returns {Object<string, string>} what is wrong, by field */
export function evaluationProblems(typed, t) {
  const points = SCORES.map((name) => [name, isPoints(typed[name]) ? null : t("phone.station.evaluation.points_wrong", { most: MOST_POINTS })]);
  const found = {
    ...Object.fromEntries(points),
    grade: GRADES.includes(typed.grade) ? null : t("phone.form.choose"),
    station_comment: statementProblem(typed.station_comment, t),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem));
}

const isPoints = (text) => POINTS.test(text) && Number(text) <= MOST_POINTS;

/** @returns {object} the fields of the step */
export function evaluationFields(typed) {
  const points = SCORES.map((name) => [name, Number(typed[name])]);
  return { ...Object.fromEntries(points), grade: typed.grade, station_comment: typed.station_comment };
}
