/** Places of a draft: where one stood, and what was added to it by stake or cell. The limits are the schema's (server/records/place.py). */
const GRID_CELLS = 189;
const STAKE_SIGNS = 20;
export const MAX_PLACES = 9;

/**
 * The stake or cell that is typed and not added yet. @param {{stake_no?: string, grid_no?: string}} fields
 * @returns {{place: object|null, problem: boolean}} both empty where nothing is typed
 */
export function stakeFrom({ stake_no: stake = "", grid_no: grid = "" }) {
  const stakeNo = stake.trim();
  const gridNo = grid.trim();
  if (!stakeNo && !gridNo) return { place: null, problem: false };
  const cell = /^\d{1,3}$/.test(gridNo) ? Number(gridNo) : null;
  if ([...stakeNo].length > STAKE_SIGNS || (gridNo && !(cell >= 1 && cell <= GRID_CELLS))) return { place: null, problem: true };
  return { place: { kind: "stake", ...(stakeNo ? { stake_no: stakeNo } : {}), ...(gridNo ? { grid_no: cell } : {}) }, problem: false };
}

/** All places as the lead will name them, the fix first. @returns {object[]} */
export function placesIn(fields) {
  const { place } = stakeFrom(fields);
  return [...(fields.point ? [{ kind: "fix", ...fields.point }] : []), ...(fields.places ?? []), ...(place ? [place] : [])].slice(0, MAX_PLACES);
}

/** @param {string|undefined} text @returns {number|null|undefined} undefined where nothing was typed, null where it is no number that is meant */
export function numberOf(text) {
  const typed = text?.trim();
  if (!typed) return undefined;
  const number = Number(typed.replace("，", ".").replace(",", "."));
  return number >= 0 && number <= 1_000_000 ? number : null;
}

/** A place in words. @param {object} place @param {(key: string, params?: object) => string} t */
export function sayPlace(place, t) {
  if (place.kind !== "stake") return `${place.lat.toFixed(5)}, ${place.lng.toFixed(5)}${place.kind === "fix" ? ` ±${Math.round(place.accuracy_m)}` : ""}`;
  const said = [place.stake_no ? t("phone.lead_form.stake", { no: place.stake_no }) : "", place.grid_no ? t("phone.lead_form.cell", { no: place.grid_no }) : ""];
  return said.filter(Boolean).join(" · ");
}
