/**
 * What this phone does to a record of the feed, and how the record stands with it while the centre has not answered: the phone's own
 * steps on top of the view, never folded, each on the heads that its author was looking at (DESIGN 4, "Steps").
 */
import { ulid } from "ulid";
import STEPS from "../generated/steps.json";

/** Own steps that are looked through: a person writes few, and each is settled within days. */
const LOOKED_AT = 200;

/** @typedef {{id: string, at: string, hash: string, body: object, place: import("../log/phone.js").Place}} OwnStep */

/** @returns {Promise<OwnStep[]>} oldest first; those that the centre refused are not among them */
export async function ownSteps(phone) {
  const { rows } = await phone.recent(LOOKED_AT);
  return rows.filter((row) => row.type === "step" && row.place.where !== "needs_you").reverse();
}

/**
 * A view as it stands for the person who acted: state and heads after own steps that the view does not hold yet.
 * @param {object} view @param {OwnStep[]} steps @returns {object} with `pending`, the step that stands on top, or null
 */
export function standing(view, steps) {
  const mine = steps.filter((step) => step.body.record === view._id);
  let heads = view.heads ?? [];
  let { state } = view;
  let pending = null;
  for (const step of mine) {
    if (!step.body.base.every((hash) => heads.includes(hash))) continue;
    heads = [...heads.filter((hash) => !step.body.base.includes(hash)), step.hash];
    state = step.body.to ?? state;
    pending = step;
  }
  return { ...view, heads, state, pending };
}

/**
 * One step as it is sealed. @param {{_id: string, type: string, heads: string[]}} view as it stands
 * @param {{id: string, action: string, fields?: object}} asked `id` comes with the form, so that two taps are one step
 */
export function stepOn(view, { id, action, fields = {} }) {
  const to = STEPS[view.type][action];
  const body = { record: view._id, base: view.heads, action, fields, ...(to ? { to } : {}) };
  return { id, type: "step", body };
}

/** Seal one step of the person whose phone it is. @see stepOn */
export function appendStep(phone, view, { role = "participant", ...asked }) {
  return phone.append({ ...stepOn(view, asked), role });
}

export function newId(type) {
  return `${type}:${ulid().toLowerCase()}`;
}

/** May the person do this now? What the centre named, unless an own step has changed the state since. */
export function may(view, action) {
  if (!view.pending) return (view.next ?? []).includes(action);
  return action === "withdraw" && !["withdrawn", "declined"].includes(view.state);
}
