/** Just checked in or out: that it is kept, the code for the supervisor to scan, and what comes next. */
import { Hono } from "hono/tiny";
import { checkInText, shortHash } from "../../../scan/codes.js";
import { show } from "../../context.js";
import { Live } from "../../parts/live.jsx";
import { QrCode } from "../../parts/qr_code.jsx";
import { Screen } from "../../parts/screen.jsx";
import { Where } from "../../parts/where.jsx";
import { sayShort } from "../../when.js";
import { known } from "./known.js";
import { Wake } from "./now.jsx";
import { promptOf } from "./prompt.js";

/** Kinds that a supervisor's word is on. */
const CONFIRMED = ["in", "out"];

export const checked = new Hono().get("/:event", async (c) => {
  const entry = await c.var.phone.entry(c.req.param("event"));
  if (entry?.type !== "check_event") return c.notFound();
  const about = await known(c.var);
  return show(c, <Checked c={c} entry={entry} about={about} isJustSaved={c.req.query("saved") !== undefined} />);
});

function Checked({ c, entry, about, isJustSaved }) {
  const { t } = c.var;
  const { kind } = entry.body;
  const stay = about.stays.find((each) => each.in.id === entry.id && !each.isOver);
  const station = about.stations.find((view) => view._id === entry.body.station)?.name ?? t("phone.check.station_unknown");
  return (
    <Screen c={c} title={t(`phone.service.checked.title_${kind}`, { time: sayShort(entry.at, t) })} back="/app/" action={<a class="button main" href="/app/">{t("phone.service.checked.done")}</a>}>
      <p>{station}</p>
      {isJustSaved ? <p class="said" role="status">{t("phone.mine.saved")}</p> : null}
      <Live c={c}>
        <section class={`standing standing-${entry.place.where}`}>
          <Where t={t} where={entry.place.where} />
          {isJustSaved && entry.place.where === "on_phone" ? null : <p><a class="alone" href={`/app/mine/${entry.id}`}>{t(`phone.where.${entry.place.where}_why`)}</a></p>}
        </section>
        {stay ? <Wake t={t} stay={stay} prompt={promptOf(stay, about.nowMs)} nowMs={about.nowMs} /> : null}
      </Live>
      {CONFIRMED.includes(kind) ? <ForSupervisor t={t} hash={entry.hash} /> : null}
      {kind === "in" ? <p><button type="button" data-enhance="notify" hidden>{t("phone.service.checked.remind")}</button></p> : null}
    </Screen>
  );
}

function ForSupervisor({ t, hash }) {
  const short = shortHash(hash);
  return (
    <section>
      <h2>{t("phone.service.checked.for_supervisor")}</h2>
      <QrCode text={checkInText(hash)} label={t("phone.service.checked.qr", { short })} />
      <p class="center">{t("phone.service.checked.or_read")}<br /><strong class="code big">{short}</strong></p>
      <p class="hint">{t("phone.service.checked.why")}</p>
    </section>
  );
}
