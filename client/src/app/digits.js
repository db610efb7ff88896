/** Digits as people type them: with spaces and dashes, and full width where a Chinese keyboard stands so; anything else is left for whoever checks. */
export function digitsOf(text) {
  return text.normalize("NFKC").replaceAll(/[\s-]/g, "");
}
