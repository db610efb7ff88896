/** What its reporter says of a lead after it was sent: steps on top of the view, or of the lead itself while the centre has not answered. */
import { ownSteps, standing } from "../../steps.js";

const AT_FIRST = ["supplement", "request_withdrawal"];

/** The lead with heads to stand on, as it stands for its reporter. @returns {Promise<object|null>} null where the centre did not take it */
export async function standingLead({ phone }, { id, entry, view, where }) {
  if (where === "needs_you" && !view) return null;
  const seen = view ?? { _id: id, type: "lead", state: "received", heads: [entry.hash], next: AT_FIRST };
  const steps = (await ownSteps(phone)).filter((step) => step.body.record === id);
  const asked = steps.some((step) => step.body.action === "request_withdrawal");
  return { ...standing(seen, steps), asked };
}

/** Own steps that no view shows yet. */
export async function pendingSteps({ phone }, { id, view }) {
  const known = new Set((view?.history ?? []).map(({ at }) => Date.parse(at)));
  return (await ownSteps(phone)).filter((step) => step.body.record === id && !(step.place.where === "received" && known.has(Date.parse(step.at))));
}

/** May its reporter do this now? Once asked, a withdrawal is the centre's to decide. */
export function mayStill(lead, action) {
  if (!lead || (action === "request_withdrawal" && lead.asked)) return false;
  return (lead.next ?? []).includes(action);
}
