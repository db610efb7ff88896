/** A position in figures, as it stands beside a photo or in a record. */
export function placeWords(position, t) {
  if (!position) return t("phone.photo.no_place");
  return `${position.lat.toFixed(5)}, ${position.lng.toFixed(5)} ±${Math.round(position.accuracy_m)}`;
}
