/** My records: where each one is, and one record with its history, answer and photos. */
import { Hono } from "hono/tiny";
import { hasRole, readReasons, show } from "../context.js";
import { Missing } from "../parts/missing.jsx";
import { Live } from "../parts/live.jsx";
import { RecordDetail } from "../parts/record_detail.jsx";
import { RecordRow } from "../parts/record_row.jsx";
import { Screen } from "../parts/screen.jsx";
import { later } from "../later.js";
import { centreWord, hasReasons, myRecord, newestRecords, titleOf } from "../records.js";

/** Some screenfuls for a thumb; older ones come on asking. */
const PAGE = 30;

export const mine = new Hono()
  .get("/", async (c) => {
    const { t } = c.var;
    const shown = Math.max(PAGE, Number(c.req.query("show")) || PAGE);
    const { records, left } = await newestRecords(c.var, shown);
    return show(c, (
      <Screen c={c} title={t("phone.mine.title")} tab="mine">
        {hasRole(c.var.identity, "participant") ? <p><a class="button" href="/app/ledger">{t("phone.mine.hours")}</a></p> : null}
        <Live c={c}>
          {records.length === 0 ? <p class="empty">{t("phone.mine.empty")}</p> : null}
          <ul class="rows">
            {records.map((record) => <RecordRow t={t} record={record} word={centreWord(record, t)} />)}
          </ul>
          {left > 0 ? <p><a class="button" href={`/app/mine?show=${shown + PAGE}`}>{t("phone.mine.more", { n: left })}</a></p> : null}
        </Live>
      </Screen>
    ));
  })
  .get("/:record", async (c) => {
    const { t } = c.var;
    if (/^lead:/.test(c.req.param("record"))) return leadTold(c);
    const record = await myRecord(c.var, c.req.param("record"));
    if (!record) return show(c, <Missing c={c} />, 404);
    if (hasReasons(record)) await readReasons(c);
    const isJustSaved = c.req.query("saved") !== undefined;
    const station = record.body.station ? await c.var.feeds.station(record.body.station) : null;
    return show(c, (
      <Screen c={c} title={titleOf(record, t)} back="/app/mine">
        {isJustSaved ? <p class="said" role="status">{t("phone.mine.saved")}</p> : null}
        <Live c={c}>
          <RecordDetail c={c} record={record} station={station} isJustSaved={isJustSaved} />
        </Live>
      </Screen>
    ));
  });

/** What became of a lead is a screen of the volunteer's part. */
const leadTold = later("lead");
