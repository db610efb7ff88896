/** How far position samples lie apart: none at all is a sign, and much of it too. */
const EARTH_RADIUS_M = 6_371_000;
const RADIANS = Math.PI / 180;

/** The largest distance of a sample from the first, in metres to a decimal. @param {{lat: number, lng: number}[]} samples */
export function spreadOf([first, ...rest]) {
  return Math.round(10 * Math.max(0, ...rest.map((sample) => distanceM(first, sample)))) / 10;
}

/** In metres; flat, for what is compared lies near each other. */
export function distanceM(a, b) {
  const x = (b.lng - a.lng) * RADIANS * Math.cos(((a.lat + b.lat) / 2) * RADIANS);
  const y = (b.lat - a.lat) * RADIANS;
  return Math.hypot(x, y) * EARTH_RADIUS_M;
}
