/** The sync state in one line of words; it refreshes itself whenever something changed on this phone. */
import { sayShort } from "../when.js";
import { Icon } from "./icon.jsx";

export async function StatusLine({ c }) {
  const { words, needsYou } = await statusOf(c);
  return (
    <div id="status" class="status" role="status" hx-get="/app/status" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
      <a href="/app/sync" class={needsYou ? "needs-you" : undefined}>
        {needsYou ? <Icon name="needs_you" /> : null}
        <span>{words.join(" · ")}</span>
      </a>
    </div>
  );
}

async function statusOf(c) {
  const { phone, identity, t } = c.var;
  if (!identity) return { words: [t("phone.status.not_enrolled")], needsYou: false };
  const [unsent, refusals, status] = await Promise.all([phone.unsent(), phone.refusals(), phone.status()]);
  const first = standing(identity, t) ?? (refusals.length > 0 ? t("phone.status.needs_you", { n: refusals.length }) : null);
  // Photos are named where records are not, and in full on the sync tab.
  const [unsentWord] = unsentWords(unsent, t);
  // Two parts are what the narrowest phones have room for.
  return { words: first ? [first, unsentWord] : [unsentWord, contactWords(status, t)], needsYou: first !== null };
}

function contactWords(status, t) {
  if (status.is_running) return t("phone.status.running");
  return status.last_contact_at ? t("phone.status.contact", { when: sayShort(status.last_contact_at, t) }) : t("phone.status.no_contact");
}

/** What stops this phone as a whole, said first; null when nothing does. */
function standing({ revoked, locked, must_re_enrol: mustReEnrol }, t) {
  if (revoked) return t("phone.status.revoked");
  if (mustReEnrol) return t("phone.status.must_re_enrol");
  return locked ? t("phone.status.locked") : null;
}

/** @returns {string[]} how much is unsent, or that nothing is */
export function unsentWords(unsent, t) {
  const words = [];
  if (unsent.entries > 0) words.push(t("phone.status.unsent", { n: unsent.entries }));
  if (unsent.photos > 0) words.push(t("phone.status.unsent_photos", { n: unsent.photos }));
  return words.length > 0 ? words : [t("phone.status.all_sent")];
}
