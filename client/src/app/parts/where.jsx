/** Where a record is, as icon, word and colour. */
import { Icon } from "./icon.jsx";

export function Where({ t, where, word }) {
  return (
    <span class={`where where-${where}`}>
      <Icon name={where} />
      <span>{word ?? t(`phone.where.${where}`)}</span>
    </span>
  );
}
