/** What this tablet wrote today, and what is not settled yet: where each is, and why where the centre did not take it. No older history. */
import { Hono } from "hono/tiny";
import { operators } from "../../../log/operators.js";
import { formOf, readReasons, show } from "../../context.js";
import { ChoiceField } from "../../parts/field.jsx";
import { RescueFile } from "../../parts/rescue_file.jsx";
import { Where } from "../../parts/where.jsx";
import { savePreferences } from "../../preferences.js";
import { inWords } from "../../reasons.js";
import { sayShort } from "../../when.js";
import { StationScreen } from "./frame.jsx";
import { behindPin } from "./guard.js";

const OF_A_DAY = 400;

export const records = new Hono()
  .get("/records", behindPin(async (c, person) => {
    await readReasons(c);
    const [rows, people, codes] = await Promise.all([written(c.var.phone), operators(c.var.phone), codesOf(c.var.feeds)]);
    return show(c, <RecordsScreen c={c} person={person} rows={rows} people={people} codes={codes} />);
  }))
  .post("/sync", behindPin(async (c) => {
    c.var.phone.syncNow();
    return c.redirect("/app/station/records", 303);
  }))
  .post("/language", behindPin(async (c) => {
    await savePreferences({ language: String((await formOf(c)).get("language")) });
    return c.redirect("/app/station/records", 303);
  }));

/** Of today, and whatever is unsettled; newest first. */
async function written(phone, now = new Date()) {
  const [{ rows }, open] = await Promise.all([phone.recent(OF_A_DAY), phone.open()]);
  const today = rows.filter((row) => new Date(row.at).toDateString() === now.toDateString());
  const all = new Map([...open, ...today].map((row) => [row.id, row]));
  return [...all.values()].sort((a, b) => b.entry - a.entry);
}

/** Of orders and of what is about them. @returns {Promise<Map<string, string>>} display code by record */
async function codesOf(feeds) {
  const views = await Promise.all(["service_order", "evaluation"].map((type) => feeds.stationViews(type)));
  return new Map(views.flat().map((view) => [view._id, view.display_code]));
}

function RecordsScreen({ c, person, rows, people, codes }) {
  const { t, preferences } = c.var;
  const names = new Map(people.map((each) => [each.member, each.display_name]));
  return (
    <StationScreen c={c} title={t("phone.station.place.records")} person={person} place="records">
      <ul id="live" class="written" hx-get="/app/station/records" hx-select="#live" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
        {rows.map((row) => <li><Written t={t} row={row} code={codes.get(row.body.order ?? row.body.record)} name={names.get(row.author)} /></li>)}
      </ul>
      {rows.length === 0 ? <p class="empty">{t("phone.station.records_empty")}</p> : null}
      <form method="post" action="/app/station/sync"><button>{t("phone.station.sync_now")}</button></form>
      <RescueFile c={c} />
      <form method="post" action="/app/station/language" hx-post="/app/station/language" hx-trigger="change" hx-target="body" hx-swap="innerHTML show:none">
        <ChoiceField name="language" legend={t("phone.settings.language")} value={preferences.language} options={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} />
      </form>
    </StationScreen>
  );
}

function Written({ t, row, code, name }) {
  const kind = row.type === "check_event" ? row.body.kind : row.type === "step" ? row.body.action : row.type;
  const reasons = row.place.reasons.map((reason) => inWords("reason", reason, t));
  return (
    <>
      <p><strong>{t(`phone.station.kind.${kind}`)}</strong> {code ?? ""} <span class="soft">{sayShort(row.at, t)} · {name ?? t("phone.station.somebody")}</span></p>
      <Where t={t} where={row.place.where} word={row.place.where === "on_phone" ? t("phone.station.on_tablet") : undefined} />
      {reasons.length > 0 ? <p class="note error">{reasons.join(" ")} {t("phone.station.refused_kept")}</p> : null}
    </>
  );
}
