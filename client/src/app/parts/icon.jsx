/** An icon of the sprite, for the eye alone: a word always stands beside it. */
export function Icon({ name }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}
