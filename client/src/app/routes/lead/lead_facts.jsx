/** What was recorded of a lead, of either schema; only what there is. */
import { sayWhen } from "../../when.js";
import { sayPlace } from "./places.js";

export function LeadFacts({ t, body, domain }) {
  return (
    <dl>
      {rowsOf(body, domain, t).map(([label, said]) => (said ? <><dt>{t(label)}</dt><dd class="text">{said}</dd></> : null))}
    </dl>
  );
}

function rowsOf(body, domain, t) {
  const places = body.point ? [{ kind: "fix", ...body.point }] : (body.places ?? []);
  const urgency = [t(`phone.lead.urgency_${body.urgency}`), body.urgency_criterion ? t(`phone.lead_form.criterion_${body.urgency_criterion}`) : null];
  return [
    ["phone.lead_told.local_ref", body.local_ref],
    ["phone.lead.domain", domain],
    ["phone.lead.description", body.description],
    ["phone.lead.urgency", urgency.filter(Boolean).join(" · ")],
    ["phone.lead.place", [body.place_text, ...places.map((place) => sayPlace(place, t))].filter(Boolean).join("\n")],
    ["phone.lead.observed_at", sayWhen(body.observed_at, t)],
    ["phone.lead_form.harm", harmOf(body, t)],
    ["phone.lead_form.suspected_actor", body.suspected_actor],
    ["phone.lead_form.agency", body.agency],
    ["phone.lead_form.anonymity", body.anonymity ? t(`phone.lead_form.anonymity_${body.anonymity}`) : null],
    ["phone.lead_form.contact_ok", body.contact_ok === undefined ? null : t(`phone.lead_form.contact_ok_${body.contact_ok ? "yes" : "no"}`)],
    ["phone.lead.no_photo_reason", [body.unsafe_to_photograph ? t("phone.lead_form.unsafe") : null, body.no_photo_reason].filter(Boolean).join("\n")],
  ];
}

function harmOf({ harm_est: harm }, t) {
  return harm ? Object.entries(harm).map(([name, amount]) => `${t(`phone.lead_form.${name}`)} ${amount}`).join("\n") : null;
}
