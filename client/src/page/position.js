/**
 * Positions into a form, improving while one looks. A draft that has its position keeps it until the person asks again:
 * where it is finished may be far from where it was begun.
 */
import { spreadOf } from "../app/spread.js";
import { localTime } from "../app/when.js";

const OPTIONS = { enableHighAccuracy: true, maximumAge: 0, timeout: 30_000 };
const MAX_SAMPLES = 100;
const MAX_CHECK_SAMPLES = 5;
const CHECK_SPACING_MS = 800;
const GOOD_ENOUGH_M = 10;
const GOOD_ENOUGH_SAMPLES = 3;
const DATUM = "WGS-84";

/** Start what a new screen asks for. @param {HTMLElement} box */
export function followPosition(box) {
  const field = box.querySelector(`input[name="${box.dataset.position}"]`);
  box.querySelector("button")?.addEventListener("click", (event) => {
    event.target.remove();
    follow(box, field);
  });
  if (!field.value) follow(box, field);
}

function follow(box, field) {
  if (!navigator.geolocation) return say(box, "unsupported");
  const samples = [];
  const watch = navigator.geolocation.watchPosition(
    (position) => {
      if (!box.isConnected) return stop();
      take(samples, position);
      if (!write(box, field, samples)) stop();
    },
    (error) => (box.isConnected ? say(box, error.code === error.PERMISSION_DENIED ? "denied" : "unavailable") : stop()),
    OPTIONS,
  );
  const stop = () => navigator.geolocation.clearWatch(watch);
}

function take(samples, { coords, timestamp }) {
  samples.push({
    lat: coords.latitude, lng: coords.longitude, accuracy_m: Math.round(coords.accuracy * 10) / 10,
    altitude: coords.altitude, at: localTime(new Date(timestamp)), taken_ms: timestamp,
  });
}

/** @returns {boolean} whether more samples are wanted */
function write(box, field, samples) {
  const best = samples.reduce((a, b) => (b.accuracy_m < a.accuracy_m ? b : a));
  showAccuracy(box, best.accuracy_m);
  if (box.dataset.position === "samples") return writeSamples(field, samples);
  const { lat, lng, accuracy_m, at } = best;
  const before = field.value ? JSON.parse(field.value) : null;
  const point = { lat, lng, accuracy_m, datum: DATUM, datum_source: "browser", at, n_samples: Math.min(samples.length, MAX_SAMPLES), spread_m: spreadOf(samples) };
  field.value = JSON.stringify(point);
  // Saved with the draft when it is better than before, not with every second.
  if (!before || samples.length === 1 || accuracy_m < before.accuracy_m) field.dispatchEvent(new Event("input", { bubbles: true }));
  return samples.length < MAX_SAMPLES && !(accuracy_m <= GOOD_ENOUGH_M && samples.length >= GOOD_ENOUGH_SAMPLES);
}

function writeSamples(field, samples) {
  const spaced = samples.filter((sample, i) => i === 0 || sample.taken_ms - samples[i - 1].taken_ms >= CHECK_SPACING_MS).slice(0, MAX_CHECK_SAMPLES);
  field.value = JSON.stringify(spaced.map(({ taken_ms: _taken, ...sample }) => sample));
  return spaced.length < MAX_CHECK_SAMPLES;
}

function showAccuracy(box, accuracyM) {
  const isPoor = accuracyM > Number(box.dataset.poorM);
  box.classList.toggle("poor", isPoor);
  words(box, (isPoor ? box.dataset.poor : box.dataset.good).replace("{m}", Math.round(accuracyM)));
}

function say(box, reason) {
  box.querySelector(`input[name="${box.dataset.position}_missing"]`).value = reason;
  if (!box.querySelector(`input[name="${box.dataset.position}"]`).value) words(box, reason === "denied" ? box.dataset.denied : box.dataset.none);
}

function words(box, text) {
  const output = box.querySelector("output");
  if (output.textContent !== text) output.textContent = text;
}
