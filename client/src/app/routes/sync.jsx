/** The sync tab: last contact, what is unsent and why, photos on their way, storage, rescue file. */
import { Hono } from "hono/tiny";
import { readReasons, show } from "../context.js";
import { Icon } from "../parts/icon.jsx";
import { Live } from "../parts/live.jsx";
import { RecordRow } from "../parts/record_row.jsx";
import { RescueFile } from "../parts/rescue_file.jsx";
import { Screen } from "../parts/screen.jsx";
import { unsentWords } from "../parts/status_line.jsx";
import { inWords, photoReason } from "../reasons.js";
import { openRecords, returned, titleOf } from "../records.js";
import { sayAge, sayWhen } from "../when.js";

const MEGABYTE = 1_000_000;
/** Photos in these states still have to reach the centre. */
const ON_THE_WAY = new Set(["queued", "sending", "refused"]);

export const sync = new Hono()
  .get("/sync", (c) => show(c, <SyncScreen c={c} />))
  .post("/sync", (c) => {
    c.var.phone.syncNow();
    return c.redirect("/app/sync", 303);
  });

async function SyncScreen({ c }) {
  const { t, phone } = c.var;
  const asked = [phone.status(), phone.unsent(), phone.storage(), openRecords(c.var), returned(c.var)];
  const [status, unsent, storage, open, back] = await Promise.all(asked);
  await readReasons(c);
  const action = (
    <form method="post" action="/app/sync"><button class="main"><Icon name="sync" />{t("phone.sync.now")}</button></form>
  );
  return (
    <Screen c={c} title={t("phone.sync.title")} tab="sync" action={action}>
      <Live c={c}>
        {storage.warnings.map((warning) => <p class="warning"><Icon name="warning" /><span>{inWords("storage", warning, t)}</span></p>)}
        <Contact t={t} status={status} unsent={unsent} />
        <Unsent t={t} records={[...open, ...back]} />
        <OnTheWay t={t} records={open} />
        <Storage t={t} storage={storage} />
      </Live>
      <RescueFile c={c} />
    </Screen>
  );
}

function Contact({ t, status, unsent }) {
  const steps = Object.entries(status.steps).filter(([, step]) => step && step.code !== "ok");
  return (
    <section>
      <p><strong>{unsentWords(unsent, t).join(" · ")}</strong></p>
      <p>
        {status.last_contact_at
          ? t("phone.sync.contact", { when: sayWhen(status.last_contact_at, t), age: sayAge(status.last_contact_at, t) })
          : t("phone.status.no_contact")}
      </p>
      {status.is_running ? <p>{t("phone.status.running")}</p> : null}
      {steps.map(([, step]) => <p class="hint">{inWords("sync", step, t)}</p>)}
    </section>
  );
}

function Unsent({ t, records }) {
  const waiting = records.filter((record) => record.where === "on_phone" || (record.where === "needs_you" && record.entry));
  if (waiting.length === 0) return null;
  return (
    <section>
      <h2>{t("phone.sync.unsent")}</h2>
      <ul class="rows">{waiting.map((record) => <RecordRow t={t} record={record} />)}</ul>
    </section>
  );
}

function OnTheWay({ t, records }) {
  const files = records.flatMap((record) => (record.entry?.media ?? []).filter((file) => ON_THE_WAY.has(file.state)).map((file) => ({ record, file })));
  if (files.length === 0) return null;
  return (
    <section>
      <h2>{t("phone.sync.photos")}</h2>
      <ul class="rows">
        {files.map(({ record, file }) => (
          <li>
            <span>{titleOf(record, t)} · {t("phone.photo.alt", { n: file.number })}</span>
            <progress value={file.sent_bytes} max={file.size} aria-label={t("phone.photo.alt", { n: file.number })} />
            <small>{t(`phone.media.${file.state}`)} {t("phone.media.bytes", { sent: megabytes(file.sent_bytes), size: megabytes(file.size) })}</small>
            {file.state === "refused" ? <p class="note error">{photoReason(file.reason, t)}</p> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Storage({ t, storage }) {
  if (storage.quota_bytes === null) return null;
  const left = Math.max(0, storage.quota_bytes - storage.usage_bytes);
  return <p class="hint">{t("phone.sync.storage", { used: megabytes(storage.usage_bytes), left: megabytes(left) })}</p>;
}

function megabytes(bytes) {
  return (bytes / MEGABYTE).toFixed(1);
}
