/** One screen of the tablet: which station, who acts, and the way back to the code; big enough for two people who stand before it. */
import { IDLE_MS } from "../../../log/operators.js";
import { Document } from "../../parts/document.jsx";
import { Icon } from "../../parts/icon.jsx";
import { unsentWords } from "../../parts/status_line.jsx";
import { sayShort } from "../../when.js";

const ASSETS = "/app/assets/";
const PLACES = [
  { name: "roster", href: "/app/station/roster" },
  { name: "records", href: "/app/station/records" },
  { name: "sheets", href: "/app/station/sheets" },
  { name: "stand_down", href: "/app/station/stand-down" },
];

/** `person`: for whom the tablet stands open, null where it need not; `place`: which of the four is open; `back`: where the arrow leads. */
export async function StationScreen({ c, title, person, place, back, children }) {
  const { t, preferences } = c.var;
  const { names, build, preload } = c.env;
  return (
    <Document names={names} build={build} preload={preload} language={preferences.language} large={preferences.large} title={t("phone.title", { title })}>
      <link rel="stylesheet" href={ASSETS + names["tablet.css"]} />
      <div id="screen" class="tablet" data-language={preferences.language} data-large={preferences.large ? "yes" : "no"} data-enrolled="yes"
        data-enhance={person ? "idle_lock" : undefined} data-idle-ms={person ? IDLE_MS : undefined}>
        <header class="tablet-top">
          {back ? <a class="icon-link" href={back} aria-label={t("phone.back")}><Icon name="back" /></a> : null}
          <StationStatus c={c} />
          {person ? <Acting t={t} person={person} /> : null}
        </header>
        {person && place ? <Places t={t} open={place} /> : null}
        <main>
          <div class="content">
            <p id="update" class="said" hidden>
              {t("phone.update.ready")} <button type="button">{t("phone.update.let_in")}</button>
            </p>
            {c.var.identity.must_re_enrol ? <p class="said" role="alert">{t("phone.status.must_re_enrol")} <a class="button" href="/app/enrol">{t("phone.enrol.again")}</a></p> : null}
            <h1>{title}</h1>
            {children}
          </div>
        </main>
      </div>
    </Document>
  );
}

/** Who acts is always in sight, and one tap locks. */
function Acting({ t, person }) {
  return (
    <form class="acting" method="post" action="/app/station/lock">
      <span><small>{t("phone.station.acting")}</small> <strong>{person.display_name}</strong></span>
      <button>{t("phone.station.lock")}</button>
    </form>
  );
}

function Places({ t, open }) {
  return (
    <nav class="tablet-places" aria-label={t("phone.tabs")}>
      {PLACES.map(({ name, href }) => <a href={href} aria-current={name === open ? "page" : undefined}>{t(`phone.station.place.${name}`)}</a>)}
      <a href="/app/station">{t("phone.station.place.code")}</a>
    </nav>
  );
}

/** What is unsent and when the tablet last spoke with the centre; it refreshes itself. */
export async function StationStatus({ c }) {
  const { phone, identity, t } = c.var;
  const [unsent, refusals, status] = await Promise.all([phone.unsent(), phone.refusals(), phone.status()]);
  const contact = status.last_contact_at ? t("phone.status.contact", { when: sayShort(status.last_contact_at, t) }) : t("phone.status.no_contact");
  const words = identity.revoked ? [t("phone.status.revoked")] : [unsentWords(unsent, t)[0], status.is_running ? t("phone.status.running") : contact];
  if (refusals.length > 0) words.unshift(t("phone.status.needs_you", { n: refusals.length }));
  return (
    <p id="status" class={refusals.length > 0 ? "status needs-you" : "status"} role="status" hx-get="/app/station/status" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
      {words.join(" · ")}
    </p>
  );
}

/** What was just done, or what is wrong with the form as a whole. */
export function Said({ text }) {
  return text ? <p class="said" role="status">{text}</p> : null;
}

export function Wrong({ text }) {
  return text ? <p class="note error" role="alert">{text}</p> : null;
}
