/** Report a lead: a draft from the first tap, saved as one types, submitted once. */
import { Hono } from "hono/tiny";
import { codeTable } from "../../codes.js";
import { formOf, show } from "../../context.js";
import { fieldsFrom, leadBody, leadProblems, versionOf } from "./lead_draft.js";
import { hasProblem } from "../../limits.js";
import { Note } from "../../parts/field.jsx";
import { LeadScreen } from "./lead_form.jsx";
import { Photos } from "./photos.jsx";
import { rasterType } from "../../raster.js";
import { refusalBesideField } from "../../reasons.js";
import { sayShort } from "../../when.js";

const idOf = (c) => `lead:${c.req.param("draft")}`;

export const lead = new Hono()
  .post("/new", async (c) => {
    const draft = await c.var.phone.drafts.begin("lead", { urgency: "normal" });
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
  try {
    const draft = await drafts.addPhoto(idOf(c), photo, { ...JSON.parse(String(form.get("meta") ?? "{}")), type });
    return c.html(<Photos c={c} draft={draft} />);
  } catch (error) {
    if (!error.code) throw error;
    return refuse(Object.values(await refusalBesideField(c, error))[0]);
  }
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
    await phone.submit(id, { role: "volunteer", body: leadBody(draft, version), photos: draft.photos });
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
  const [domains, townships] = await Promise.all([codeTable(feeds, "domain"), codeTable(feeds, "township")]);
  // The address stays that of the form: going back must not submit.
  if (status !== 200) c.header("HX-Push-Url", "false");
  return show(c, <LeadScreen c={c} draft={draft} problems={problems} isRefused={status !== 200} domains={domains.codes} domainVersion={domains.version} townships={townships.codes} />, status);
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
