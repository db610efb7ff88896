/** One record in a list: title, where it is, when it was made. */
import { titleOf } from "../records.js";
import { sayWhen } from "../when.js";
import { Where } from "./where.jsx";

export function RecordRow({ t, record, word }) {
  return (
    <li>
      <a href={`/app/mine/${record.id}`}>
        <strong>{titleOf(record, t)}</strong>
        <Where t={t} where={record.where} word={word} />
        <small>{sayWhen(record.at, t)}</small>
      </a>
    </li>
  );
}
