/** A clip into the draft: its length is read in the page, its kind by its first bytes, its hash when it is kept. */
import { formOf } from "../../context.js";
import { refusalBesideField } from "../../reasons.js";
import { Clip, LIMIT_WORDS, MAX_CLIP_BYTES, MAX_CLIP_S } from "./clip_part.jsx";
import { clipType } from "./clip_type.js";
import { filesOf } from "./lead_draft.js";

const idOf = (c) => `lead:${c.req.param("draft")}`;
const base = (c) => `/app/lead/${c.req.param("draft")}`;
const MINUTE_S = 60;

export async function addClip(c) {
  const { drafts } = c.var.phone;
  const form = await formOf(c);
  const clip = form.get("clip");
  const meta = JSON.parse(String(form.get("meta") ?? "{}"));
  const refuse = async (words) => c.html(<Clip c={c} base={base(c)} draft={await drafts.get(idOf(c))} error={words} />, 422);
  const problem = problemOf(clip, meta, c.var.t);
  if (problem) return refuse(problem);
  const type = await clipType(clip);
  if (!type) return refuse(c.var.t("phone.lead_form.clip_unknown"));
  try {
    const draft = await drafts.addPhoto(idOf(c), clip, { ...meta, type });
    return c.html(<Clip c={c} base={base(c)} draft={draft} />);
  } catch (error) {
    if (!error.code) throw error;
    return refuse(Object.values(await refusalBesideField(c, error))[0]);
  }
}

export async function removeClip(c) {
  const { drafts } = c.var.phone;
  const draft = await drafts.get(idOf(c));
  const { clip } = filesOf(draft);
  return c.html(<Clip c={c} base={base(c)} draft={clip ? await drafts.removePhoto(idOf(c), clip.photo) : draft} />);
}

/** What is too long is not sent to find that out: the page hands in the length alone, and no bytes. */
function problemOf(clip, { duration_s: seconds, size }, t) {
  if (!(seconds > 0)) return t("phone.lead_form.clip_unknown");
  if (seconds > MAX_CLIP_S) {
    const length = seconds < MINUTE_S ? t("phone.lead_form.clip_s", { s: Math.ceil(seconds) }) : t("phone.lead_form.clip_min", { min: Math.floor(seconds / MINUTE_S), s: Math.round(seconds % MINUTE_S) });
    return t("phone.lead_form.clip_too_long", { ...LIMIT_WORDS, length });
  }
  if (Math.max(size ?? 0, clip?.size ?? 0) > MAX_CLIP_BYTES) return t("phone.lead_form.clip_too_big", LIMIT_WORDS);
  return clip?.size > 0 ? null : t("phone.lead_form.clip_unknown");
}
