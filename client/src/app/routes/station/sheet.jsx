/** Paper sheets entered afterwards: the sheet's number and its photo, then line by line, each time typed twice; one entry a line. */
import { ulid } from "ulid";
import { Hono } from "hono/tiny";
import { PhoneError } from "../../../log/errors.js";
import { act, operators } from "../../../log/operators.js";
import { formOf, show } from "../../context.js";
import { SelectField, TextField } from "../../parts/field.jsx";
import { LocalImage } from "../../parts/local_image.jsx";
import { refusalBesideField } from "../../reasons.js";
import { localTime } from "../../when.js";
import { ownStation } from "./display.jsx";
import { StationScreen, Wrong } from "./frame.jsx";
import { behindPin } from "./guard.js";
import { keptPhoto, SpotPhoto } from "./photo.jsx";
import { lineBody, lineFrom, lineProblems, sheetFrom, sheetProblems } from "./sheet_form.js";
import { Who, whoFrom } from "./who.jsx";

const TYPE = "sheet";
const DAY = 10;

export const sheets = new Hono()
  .get("/sheets", behindPin(async (c, person) => show(c, await sheetsScreen(c, person))))
  .post("/sheets", behindPin(beginSheet))
  .get("/sheets/:id", behindPin(async (c, person) => {
    const draft = await draftOf(c);
    return draft ? show(c, await linesScreen(c, person, draft)) : c.redirect("/app/station/sheets", 303);
  }))
  .post("/sheets/:id/line", behindPin(addLine))
  .post("/sheets/:id/remove/:line", behindPin(removeLine))
  .post("/sheets/:id/discard", behindPin(async (c) => {
    await c.var.phone.drafts.discard(`${TYPE}:${c.req.param("id")}`);
    return c.redirect("/app/station/sheets", 303);
  }))
  .post("/sheets/:id", behindPin(seal));

const draftOf = (c) => c.var.phone.drafts.get(`${TYPE}:${c.req.param("id")}`);
const today = () => localTime().slice(0, DAY);

async function beginSheet(c, person) {
  const { phone, t } = c.var;
  const form = await formOf(c);
  const sheet = sheetFrom(form);
  const photo = await keptPhoto(phone, form);
  const problems = sheetProblems(sheet, { photo, today: today() }, t);
  if (Object.keys(problems).length > 0) return show(c, await sheetsScreen(c, person, { ...sheet, photo }, problems), 422);
  const draft = await phone.drafts.begin(TYPE, { ...sheet, lines: [] });
  // The draft keeps it for as long as it takes.
  await phone.drafts.addPhoto(draft.id, await phone.drafts.photoBlob(photo.photo), { type: photo.type, taken_at: photo.taken_at });
  return c.redirect(`/app/station/sheets/${draft.id.split(":")[1]}`, 303);
}

async function addLine(c, person) {
  const [draft, form] = await Promise.all([draftOf(c), formOf(c)]);
  if (!draft) return c.redirect("/app/station/sheets", 303);
  const line = lineFrom(form);
  const { lines } = draft.fields;
  const problems = lineProblems(line, lines, c.var.t);
  if (Object.keys(problems).length > 0) return show(c, await linesScreen(c, person, draft, { line, errors: problems }), 422);
  const kept = { id: `check_event:${ulid().toLowerCase()}`, line: line.line, order: line.order, came: line.came, went: line.went };
  await c.var.phone.drafts.save(draft.id, { lines: [...lines, kept].sort((a, b) => a.line - b.line) });
  return c.redirect(`/app/station/sheets/${c.req.param("id")}`, 303);
}

async function removeLine(c) {
  const draft = await draftOf(c);
  if (draft) await c.var.phone.drafts.save(draft.id, { lines: draft.fields.lines.filter((each) => String(each.line) !== c.req.param("line")) });
  return c.redirect(`/app/station/sheets/${c.req.param("id")}`, 303);
}

/** Ids were given with the lines: what a crash cut short is finished by sending the form again, and nothing twice. */
async function seal(c, person) {
  const { phone } = c.var;
  const [draft, form] = await Promise.all([draftOf(c), formOf(c)]);
  if (!draft) return c.redirect("/app/station/records", 303);
  const who = whoFrom(form);
  const { lines } = draft.fields;
  try {
    const station = await ownStation(c);
    if (!station) throw new PhoneError("station_unknown");
    await act(phone, who.member, who.pin, () => Promise.all(lines.map(async (line) => (
      { id: line.id, type: "check_event", body: lineBody(draft.fields, line, station), photos: [await copied(phone, draft.photos[0])] }
    ))));
  } catch (error) {
    if (!error.code) throw error;
    return show(c, await linesScreen(c, person, draft, { chosen: who.member, errors: await refusalBesideField(c, error) }), 422);
  }
  await phone.drafts.discard(draft.id);
  phone.syncNow();
  return c.redirect(`/app/station/roster?saved=${lines.length}`, 303);
}

/** Each line's entry sends and frees bytes of its own. */
async function copied(phone, photo) {
  const blob = await phone.drafts.photoBlob(photo.photo);
  if (!blob) throw new PhoneError("photo_gone", {}, "photo");
  return phone.media.keep(blob, { type: photo.type, taken_at: photo.taken_at });
}

async function sheetsScreen(c, person, sheet = { day: today() }, errors = {}) {
  const { t, phone, feeds } = c.var;
  const [drafts, blank] = await Promise.all([phone.drafts.list(), feeds.stationViews("blank_sheet")]);
  const begun = drafts.filter((draft) => draft.type === TYPE);
  return (
    <StationScreen c={c} title={t("phone.station.place.sheets")} person={person} place="sheets">
      <p>{t("phone.station.sheets_why")}</p>
      {begun.map(({ id, fields }) => <p><a class="button" href={`/app/station/sheets/${id.split(":")[1]}`}>{t("phone.station.sheet_continue", { number: fields.number, n: fields.lines.length })}</a></p>)}
      <form id="sheet" method="post" action="/app/station/sheets" enctype="multipart/form-data" novalidate>
        <TextField name="number" label={t("phone.station.sheet_number")} hint={blank.length > 0 ? t("phone.station.sheets_given", { numbers: blank.map((each) => each.number) }) : undefined}
          value={sheet.number} error={errors.number} maxlength="20" list="blank-sheets" />
        <datalist id="blank-sheets">{blank.map((each) => <option value={each.number}></option>)}</datalist>
        <TextField name="day" type="date" label={t("phone.station.sheet_day")} value={sheet.day} error={errors.day} max={today()} />
        <SpotPhoto c={c} photo={sheet.photo} why={t("phone.station.sheet_photo")} error={errors.photo} />
        <button class="main">{t("phone.station.sheet_begin")}</button>
      </form>
    </StationScreen>
  );
}

async function linesScreen(c, person, draft, { line = {}, chosen = person.member, errors = {} } = {}) {
  const { t, phone, feeds } = c.var;
  const [orders, people] = await Promise.all([feeds.stationViews("service_order"), operators(phone)]);
  const { number, day, lines } = draft.fields;
  const [photo] = draft.photos;
  const codes = new Map(orders.map((order) => [order._id, order.display_code]));
  const path = `/app/station/sheets/${c.req.param("id")}`;
  const nextLine = line.line || (lines.at(-1)?.line ?? 0) + 1;
  return (
    <StationScreen c={c} title={t("phone.station.sheet_title", { number, day })} person={person} back="/app/station/sheets">
      <Wrong text={errors.form ?? errors.photo} />
      <div class="sheet-photo"><LocalImage c={c} path={`/app/draft-photo/${photo.photo}`} alt={t("phone.station.photo.alt")} /></div>
      <ol class="sheet-lines">
        {lines.map((each) => (
          <li value={each.line}>
            <span><strong>{codes.get(each.order) ?? ""}</strong> {each.came}–{each.went}</span>
            <form method="post" action={`${path}/remove/${each.line}`}><button>{t("phone.station.line_remove", { n: each.line })}</button></form>
          </li>
        ))}
      </ol>
      <LineForm t={t} path={path} line={{ ...line, line: nextLine }} orders={orders} errors={errors} />
      {lines.length > 0 ? (
        <form id="act" method="post" action={path} novalidate>
          <Who t={t} people={people} chosen={chosen} errors={errors} />
          <button class="main">{t("phone.station.sheet_submit", { n: lines.length })}</button>
        </form>
      ) : null}
      <form method="post" action={`${path}/discard`}><button>{t("phone.station.sheet_discard")}</button></form>
    </StationScreen>
  );
}

function LineForm({ t, path, line, orders, errors }) {
  const time = (name, label) => <TextField name={name} type="time" label={t(label)} value={line[name]} error={errors[name]} />;
  return (
    <form id="line" class="sheet-line" method="post" action={`${path}/line`} novalidate>
      <h2>{t("phone.station.line_add")}</h2>
      <TextField name="line" label={t("phone.station.line_number")} value={line.line} error={errors.line} inputmode="numeric" maxlength="2" />
      <SelectField name="order" label={t("phone.station.line_who")} value={line.order} error={errors.order} empty={t("phone.form.choose")}
        options={orders.map((order) => ({ value: order._id, label: order.display_code }))} />
      <div class="pair">{time("came", "phone.station.came")}{time("went", "phone.station.went")}</div>
      <p class="hint">{t("phone.station.twice_why")}</p>
      <div class="pair">{time("came_again", "phone.station.came_again")}{time("went_again", "phone.station.went_again")}</div>
      <button>{t("phone.station.line_keep")}</button>
    </form>
  );
}
