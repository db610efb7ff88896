/** How a session stands, and the centre's arithmetic, in words. */
import { isKnownText } from "../../text.js";

export function Lines({ t, lines }) {
  return <ul>{lines.map((line) => <li>{lineInWords(line, t)}</li>)}</ul>;
}

/** A line of the centre's arithmetic; values that are lines themselves are said first. @param {{key: string, params: object}} line */
function lineInWords({ key, params }, t) {
  const said = Object.entries(params).map(([name, value]) => [name, value?.key ? lineInWords(value, t) : value]);
  return t(key, Object.fromEntries(said));
}

export function sessionWord({ state }, t) {
  const key = `phone.service.session.state.${state}`;
  return t(isKnownText(key) ? key : "phone.service.session.state.other");
}
