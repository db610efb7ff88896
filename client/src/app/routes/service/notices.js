/** What is read and signed, of the catalog: the version that an order names, else the newest in force. */

/** @param {object[]} notices views @param {"notice"|"pledge"|"read_back"} kind @param {{named?: string, today: string}} about @returns {object|null} */
export function noticeOf(notices, kind, { named, today }) {
  const ofKind = notices.filter((view) => view.kind === kind);
  const asked = ofKind.find((view) => view._id === named);
  const inForce = ofKind.filter((view) => view.valid_from <= today && (view.state ?? "in_force") === "in_force");
  return asked ?? inForce.sort((a, b) => b.version - a.version)[0] ?? null;
}
