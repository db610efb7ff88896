/** What our QR codes say (ARCHITECTURE, "Service at stations"): `LD1:` is a station's display, `LD2:` a participant's check-in. Pure. */

const STATION = /^LD1:(?<station>[0-9a-hjkmnp-tv-z]{26}):(?<value>[0-9]{6}):(?<head>[0-9a-f]{64})?$/;
const CHECK_IN = /^LD2:(?<hash>[0-9a-f]{64})$/;
/** What people read aloud where nothing can be scanned. */
const SHORT_LENGTH = 6;

/** @param {string} text @returns {{station: string, value: string, head: string|null}|null} null for anything else; `station` is the record's id */
export function stationCode(text) {
  const found = STATION.exec(text.trim())?.groups;
  return found ? { station: `station:${found.station}`, value: found.value, head: found.head ?? null } : null;
}

/** @param {string} text @returns {string|null} the hash of a check-in */
export function checkInHash(text) {
  return CHECK_IN.exec(text.trim())?.groups.hash ?? null;
}

export const stationText = ({ station, value, head }) => `LD1:${station.slice("station:".length)}:${value}:${head ?? ""}`;
export const checkInText = (hash) => `LD2:${hash}`;
export const shortHash = (hash) => hash.slice(0, SHORT_LENGTH);
