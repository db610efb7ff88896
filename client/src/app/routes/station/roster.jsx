/** The roster of today as big tiles, and what can be done for one person; codes, never names. */
import { Hono } from "hono/tiny";
import { show } from "../../context.js";
import { sayShort } from "../../when.js";
import { Icon } from "../../parts/icon.jsx";
import { toWrite } from "./evaluation.jsx";
import { Said, StationScreen } from "./frame.jsx";
import { behindPin } from "./guard.js";
import { rosterNow } from "./roster.js";

const MAIN_ACTIONS = ["sup_confirm", "sup_deny"];
const STATION_ACTIONS = { out: ["in"], here: ["out", "mid_check", "break_start"], resting: ["break_end", "out", "mid_check"] };

export const roster = new Hono()
  .get("/roster", behindPin(async (c, person) => {
    const [people, evaluations] = await Promise.all([rosterNow(c), toWrite(c)]);
    const said = c.req.query("saved");
    return show(c, <RosterScreen c={c} person={person} people={people} evaluations={evaluations} said={said} />);
  }))
  .get("/person/:ulid", behindPin(async (c, person) => {
    const expected = await expectedOne(c);
    return expected ? show(c, <PersonScreen c={c} person={person} expected={expected} />) : c.notFound();
  }));

/** The person of the address, as the roster knows them. */
export async function expectedOne(c) {
  return (await rosterNow(c)).find((each) => each.order === `service_order:${c.req.param("ulid")}`) ?? null;
}

function RosterScreen({ c, person, people, evaluations, said }) {
  const { t } = c.var;
  return (
    <StationScreen c={c} title={t("phone.station.roster")} person={person} place="roster">
      <Said text={said ? t("phone.station.saved", { n: Number(said) || 1 }) : null} />
      <ul id="live" class="tiles" hx-get="/app/station/roster" hx-select="#live" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
        {people.map((each) => <li><Tile t={t} expected={each} /></li>)}
      </ul>
      <ToWrite t={t} evaluations={evaluations} />
      {people.length === 0 ? <p class="empty">{t("phone.station.roster_empty")}</p> : null}
    </StationScreen>
  );
}

/** Evaluations that the centre waits for; an order may have left the roster by then. */
function ToWrite({ t, evaluations }) {
  return (
    <div id="to-write" hx-get="/app/station/roster" hx-select="#to-write" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
      {evaluations.length > 0 ? <h2>{t("phone.station.evaluation.to_write")}</h2> : null}
      <div class="big-actions">
        {evaluations.map(({ _id, display_code: code }) => (
          <a class="button" href={`/app/station/evaluation/${_id.split(":")[1]}`}><Icon name="record" />{t("phone.station.evaluation.of", { code })}</a>
        ))}
      </div>
    </div>
  );
}

function Tile({ t, expected }) {
  const { order, code, slots, isHere } = expected;
  return (
    <a class={isHere ? "tile is-here" : "tile"} href={`/app/station/person/${order.split(":")[1]}`}>
      <strong>{code}</strong>
      <span>{presenceWords(expected, t)}</span>
      <small>{slots.length > 0 ? slots.map((slot) => slotWords(slot, t)).join(t("phone.station.and")) : t("phone.station.no_slot")}</small>
    </a>
  );
}

function presenceWords({ isHere, isResting, last }, t) {
  if (isResting) return t("phone.station.resting");
  if (isHere) return t("phone.station.is_here");
  return last?.kind === "out" ? t("phone.station.gone", { when: sayShort(last.at, t) }) : t("phone.station.not_here");
}

const slotWords = ({ starts_at: from, ends_at: to, task }, t) => [`${sayShort(from, t)}–${sayShort(to, t)}`, task].filter(Boolean).join(" ");

function PersonScreen({ c, person, expected }) {
  const { t } = c.var;
  const { code, slots, last, limits, isHere, isResting } = expected;
  const ulid = expected.order.split(":")[1];
  const more = STATION_ACTIONS[isResting ? "resting" : isHere ? "here" : "out"];
  const act = (kind, look) => <a class={look} href={`/app/station/act/${kind}/${ulid}`}><Icon name={ICONS[kind]} />{t(`phone.station.do.${kind}`)}</a>;
  return (
    <StationScreen c={c} title={code} person={person} back="/app/station/roster">
      <p class="standing">{presenceWords(expected, t)}{last ? ` · ${t(`phone.station.kind.${last.kind}`)} ${sayShort(last.at, t)}` : ""}</p>
      {slots.map((slot) => <p>{slotWords(slot, t)}</p>)}
      {limits ? <p class="said">{t("phone.station.limits", { limits })}</p> : null}
      <div class="big-actions">{MAIN_ACTIONS.map((kind) => act(kind, kind === "sup_confirm" ? "button main" : "button"))}</div>
      <h2>{t("phone.station.without_phone")}</h2>
      <div class="big-actions">{[...more, "note"].map((kind) => act(kind, "button"))}</div>
    </StationScreen>
  );
}

const ICONS = {
  sup_confirm: "received", sup_deny: "needs_you", in: "check_in", out: "check_out", mid_check: "place", note: "record", break_start: "at_centre_checking", break_end: "check_in",
};
