/** A text as a QR code, drawn in the page itself. */
import { encode } from "uqr";

/** `label`: what a screen reader says in its place. */
export function QrCode({ text, label }) {
  const { data, size } = encode(text, { ecc: "M", border: 2 });
  const dark = data.map((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}
