/** Report a lead: a draft from the first tap, saved as one types, submitted once. */
import { Hono } from "hono/tiny";
import { codeTable } from "../../codes.js";
import { formOf, show } from "../../context.js";
import { addClip, removeClip } from "./clip.jsx";
import { leadBody, SCHEMA } from "./lead_body.js";
import { fieldsFrom, leadProblems, versionOf } from "./lead_draft.js";
import { hasProblem } from "../../limits.js";
import { Note } from "../../parts/field.jsx";
import { LeadScreen } from "./lead_form.jsx";
import { Places } from "./place_part.jsx";
import { MAX_PLACES, stakeFrom } from "./places.js";
import { Photos } from "./photos.jsx";
import { rasterType } from "../../raster.js";
import LIMITS from "../../../generated/limits.json";
import { refusalBesideField } from "../../reasons.js";
import { relatedLeads } from "./related.js";
import { sayShort } from "../../when.js";

const idOf = (c) => `lead:${c.req.param("draft")}`;

export const lead = new Hono()
  .post("/new", async (c) => {
    const { phone } = c.var;
    const related = relatedFrom(await formOf(c));
    const draft = await phone.drafts.begin("lead", { urgency: "normal", local_ref: await phone.nextLocalRef(), ...related });
    return c.redirect(`/app/lead/${draft.id.split(":")[1]}`, 303);
  })
  .get("/:draft", async (c) => {
    const draft = await c.var.phone.drafts.get(idOf(c));
    // Submitted meanwhile, here or in another tab: its place is among the records.
    if (!draft) return c.redirect(`/app/mine/${idOf(c)}`, 303);
    return showForm(c, draft, leadProblems(draft, c.var.t));
  })
  .post("/:draft", async (c) => {
    const { phone } = c.var;
    // A save that was under way while the draft was submitted: all of it is in the record already.
    if (await phone.entry(idOf(c))) return c.body(null, 204);
    const draft = await phone.drafts.save(idOf(c), fieldsFrom(await formOf(c)));
    return c.html(<Saved c={c} draft={draft} />);
  })
  .post("/:draft/photo", addPhoto)
  .post("/:draft/photo/:photo/remove", async (c) => {
    const draft = await c.var.phone.drafts.removePhoto(idOf(c), c.req.param("photo"));
    return c.html(<Photos c={c} draft={draft} />);
  })
  .post("/:draft/clip", addClip)
  .post("/:draft/clip/remove", removeClip)
  .post("/:draft/place", addPlace)
  .post("/:draft/place/:index/remove", async (c) => {
    const { drafts } = c.var.phone;
    const places = ((await drafts.get(idOf(c)))?.fields.places ?? []).filter((_, index) => index !== Number(c.req.param("index")));
    return showPlaces(c, await drafts.save(idOf(c), { places }));
  })
  .post("/:draft/discard", async (c) => {
    await c.var.phone.drafts.discard(idOf(c));
    return c.redirect("/app/", 303);
  })
  .post("/:draft/submit", submit);

async function addPhoto(c) {
  const { drafts } = c.var.phone;
  const form = await formOf(c);
  const photo = form.get("photo");
  const refuse = async (words) => c.html(<Photos c={c} draft={await drafts.get(idOf(c))} error={words} />, 422);
  const type = await rasterType(photo);
  if (!type) return refuse(c.var.t("phone.photo.not_a_photo"));
  if (photo.size > LIMITS.max_media_bytes) return refuse(c.var.t("phone.lead_form.photo_too_big", { mb: Math.floor(LIMITS.max_media_bytes / 1024 ** 2) }));
  try {
    const draft = await drafts.addPhoto(idOf(c), photo, { ...JSON.parse(String(form.get("meta") ?? "{}")), type });
    return c.html(<Photos c={c} draft={draft} />);
  } catch (error) {
    if (!error.code) throw error;
    return refuse(Object.values(await refusalBesideField(c, error))[0]);
  }
}

/** A lead that is begun from another one names it. */
function relatedFrom(form) {
  const related = fieldsFrom(form).related ?? [];
  return related.length > 0 ? { related } : {};
}

async function addPlace(c) {
  const { drafts } = c.var.phone;
  const typed = fieldsFrom(await formOf(c));
  const { place, problem } = stakeFrom(typed);
  if (!place) return showPlaces(c, await drafts.save(idOf(c), typed), c.var.t(problem ? "phone.lead_form.stake_wrong" : "phone.lead_form.stake_missing"), 422);
  const before = (await drafts.get(idOf(c)))?.fields.places ?? [];
  return showPlaces(c, await drafts.save(idOf(c), { places: [...before, place].slice(0, MAX_PLACES), stake_no: "", grid_no: "" }));
}

function showPlaces(c, draft, error, status = 200) {
  return c.html(<Places t={c.var.t} base={`/app/lead/${c.req.param("draft")}`} fields={draft.fields} error={error} />, status);
}

async function submit(c) {
  const { phone, feeds, t } = c.var;
  const id = idOf(c);
  const fields = fieldsFrom(await formOf(c));
  const saved = await phone.drafts.get(id);
  // A second tap, or a tap in a second tab: the record is there already.
  if (!saved) return c.redirect(`/app/mine/${id}`, 303);
  const draft = { ...saved, fields: { ...saved.fields, ...fields } };
  const problems = leadProblems(draft, t, { isFinal: true });
  if (hasProblem(problems)) return showForm(c, await phone.drafts.save(id, fields), problems, 422);
  try {
    const version = versionOf(draft) ?? (await codeTable(feeds, "domain")).version;
    // A draft that an older build began has no number yet.
    const localRef = draft.fields.local_ref ?? (await phone.nextLocalRef());
    await phone.submit(id, { role: "volunteer", schema: SCHEMA, body: leadBody(draft, version, localRef), photos: draft.photos });
  } catch (error) {
    if (!error.code) throw error;
    await phone.drafts.save(id, fields);
    return showForm(c, draft, await refusalBesideField(c, error), 422);
  }
  phone.syncNow();
  return c.redirect(`/app/mine/${id}?saved`, 303);
}

async function showForm(c, draft, problems, status = 200) {
  const { feeds } = c.var;
  const [domains, townships, related] = await Promise.all([codeTable(feeds, "domain"), codeTable(feeds, "township"), relatedLeads(c.var, draft)]);
  // The address stays that of the form: going back must not submit.
  if (status !== 200) c.header("HX-Push-Url", "false");
  return show(c, <LeadScreen c={c} draft={draft} problems={problems} isRefused={status !== 200} domains={domains.codes} domainVersion={domains.version} townships={townships.codes} related={related} />, status);
}

function Saved({ c, draft }) {
  const { t } = c.var;
  const problems = leadProblems(draft, t);
  return (
    <>
      {t("phone.lead.saved_at", { when: sayShort(draft.saved_at, t) })}
      {Object.entries(problems).map(([name, text]) => <Note name={name} text={text} isOutOfBand />)}
    </>
  );
}
