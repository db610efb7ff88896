/** A scanned station code into the fields of the form: six digits and the station, or a word where it is another station's. */
import { stationCode } from "../scan/codes.js";

/** @param {HTMLFormElement} form with `scan`, `code` and `station` */
export function fillStationCode(form) {
  form.elements.scan?.addEventListener("change", () => {
    const read = stationCode(form.elements.scan.value);
    if (!read) return;
    form.elements.code.value = read.value;
    const { station } = form.elements;
    const isOwn = station.value === read.station || [...(station.options ?? [])].some((option) => option.value === read.station);
    if (isOwn) station.value = read.station;
    const note = form.querySelector("#other-station");
    note.textContent = isOwn ? "" : note.dataset.words;
  });
}
