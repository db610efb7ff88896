/** What everybody may see: the rotating code as QR and digits, and how many are here. No PIN, no roster. */
import { Hono } from "hono/tiny";
import { acting } from "../../../log/operators.js";
import { chainHead, codeAt, PERIOD_MS, serverNowMs, stationSecret } from "../../../log/station_secret.js";
import { stationText } from "../../../scan/codes.js";
import { show } from "../../context.js";
import { QrCode } from "../../parts/qr_code.jsx";
import { StationScreen, StationStatus } from "./frame.jsx";
import { rosterNow } from "./roster.js";

export const display = new Hono()
  .get("/", async (c) => {
    const [station, people, isOpen] = await Promise.all([ownStation(c), rosterNow(c), acting(c.var.phone)]);
    return show(c, <Display c={c} station={station} here={people.filter((each) => each.isHere).length} code={await shownCode(c)} isOpen={Boolean(isOpen)} />);
  })
  .get("/code", async (c) => c.html(<Code t={c.var.t} code={await shownCode(c)} />))
  .get("/status", (c) => c.html(<StationStatus c={c} />));

/** The station of the tablet's grant. @returns {Promise<object|null>} null before the catalog came */
export async function ownStation(c) {
  const state = await c.var.phone.state();
  return state?.station?.id ? c.var.feeds.station(state.station.id) : null;
}

/** @returns {Promise<{value: string, text: string, leftMs: number}|null>} null before the secret came, and where the tablet is revoked */
async function shownCode(c) {
  const { store } = c.var.phone;
  const secret = c.var.identity.revoked ? null : await stationSecret(store);
  if (!secret) return null;
  const [nowMs, head] = await Promise.all([serverNowMs(store), chainHead(store)]);
  const value = await codeAt(secret.key, nowMs);
  return { value, text: stationText({ station: secret.station, value, head }), leftMs: PERIOD_MS - (nowMs % PERIOD_MS) };
}

function Display({ c, station, here, code, isOpen }) {
  const { t } = c.var;
  return (
    <StationScreen c={c} title={station?.name ?? t("phone.station.title")}>
      {station ? null : <p hx-get="/app/station" hx-trigger="liandong:changed from:body" hx-target="body" hx-swap="innerHTML" role="status">{t("phone.station.coming")}</p>}
      <Code t={t} code={code} />
      <div class="display-foot">
        <p id="here" class="here" hx-get="/app/station" hx-select="#here" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">{t("phone.station.here", { n: here })}</p>
        <a class="button main" href={isOpen ? "/app/station/roster" : "/app/station/open"}>{t("phone.station.work")}</a>
      </div>
    </StationScreen>
  );
}

/** The page counts down and asks for the next one when this one is over. */
function Code({ t, code }) {
  if (!code) return <p id="station-code" class="empty" hx-get="/app/station/code" hx-trigger="liandong:changed from:body" hx-swap="outerHTML">{t("phone.station.no_secret")}</p>;
  return (
    <section id="station-code" class="station-code" data-enhance="rotating_code" data-next="/app/station/code" data-left-ms={code.leftMs}>
      <QrCode text={code.text} label={t("phone.station.qr")} />
      <div>
        <p class="digits">{code.value.slice(0, 3)} {code.value.slice(3)}</p>
        <progress max={PERIOD_MS} value={code.leftMs} aria-label={t("phone.station.code_left")}></progress>
        <p class="soft">{t("phone.station.code_text")} <span data-seconds>{Math.ceil(code.leftMs / 1000)}</span> {t("phone.station.seconds")}</p>
      </div>
    </section>
  );
}
