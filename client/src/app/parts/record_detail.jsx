/** One record in full: where it is and what to do, the centre's answer, what was recorded, its history, photos and proof. */
import { inWords, photoReason } from "../reasons.js";
import { centreWord } from "../records.js";
import { isKnownText } from "../text.js";
import { sayWhen } from "../when.js";
import { LocalImage } from "./local_image.jsx";
import { Where } from "./where.jsx";

const HASH_SHOWN = 12;

/** `isJustSaved`: the screen says so already; `history`: in place of the usual one; `children`: the facts of its type. */
export function RecordDetail({ c, record, station, isJustSaved, history, children }) {
  const { t } = c.var;
  return (
    <>
      <Standing t={t} record={record} isJustSaved={isJustSaved && record.where === "on_phone"} />
      {record.view?.answer ? <Answer t={t} answer={record.view.answer} /> : null}
      {children}
      {record.type === "check_event" ? <CheckFacts t={t} record={record} station={station} /> : null}
      <Media c={c} record={record} />
      {history ?? <History t={t} record={record} />}
      {record.entry ? <p class="proof code">{t("phone.mine.proof", { entry: record.entry.entry, hash: record.entry.hash.slice(0, HASH_SHOWN) })}</p> : null}
    </>
  );
}

/** Where it is, why, and what to do: for every place there is a sentence. */
function Standing({ t, record, isJustSaved }) {
  const { where, entry, view } = record;
  // Received, and the centre wants more: what it asks is said here, not only at the end of the history.
  const isAsked = where === "needs_you" && (!entry || entry.place.where === "received");
  const asked = isAsked ? view?.history?.findLast((step) => step.text)?.text : null;
  const said = [...(entry?.place.reasons ?? []).map((reason) => inWords("reason", reason, t)), ...(asked ? [asked] : [])];
  const flags = (entry?.place.flags ?? []).map((flag) => inWords("flag", flag, t));
  const number = view?.number ?? entry?.place.number;
  return (
    <section class={`standing standing-${where}`}>
      <Where t={t} where={where} word={centreWord(record, t)} />
      {number ? <p>{t("phone.mine.number", { number })}</p> : null}
      {isJustSaved ? null : <p>{t(isAsked ? "phone.where.asked_why" : `phone.where.${where}_why`)}</p>}
      {said.map((words) => <p><strong>{words}</strong></p>)}
      {where === "needs_you" ? <p>{t(isAsked ? "phone.where.asked_do" : "phone.where.needs_you_do")}</p> : null}
      {flags.map((words) => <p class="hint">{t("phone.mine.flag", { flag: words })}</p>)}
    </section>
  );
}

function Answer({ t, answer }) {
  return (
    <section>
      <h2>{t("phone.mine.answer")}</h2>
      <blockquote>{answer.text}</blockquote>
      <small>{sayWhen(answer.at, t)}</small>
    </section>
  );
}

function CheckFacts({ t, record, station }) {
  const { body, at, entry } = record;
  return (
    <dl>
      <dt>{t("phone.check.station")}</dt><dd>{station?.name ?? t("phone.check.station_unknown")}</dd>
      <dt>{t("phone.check.at")}</dt><dd>{sayWhen(at, t)}</dd>
      {body.code ? <><dt>{t("phone.check.code")}</dt><dd class="code">{body.code.value}</dd></> : null}
      {entry ? <><dt>{t("phone.lead.place")}</dt><dd>{t(body.fix_missing_reason ? "phone.check.no_fix" : "phone.check.has_fix")}</dd></> : null}
      {body.note ? <><dt>{t("phone.check.note")}</dt><dd class="text">{body.note}</dd></> : null}
    </dl>
  );
}

function Media({ c, record }) {
  const { t } = c.var;
  const files = record.entry?.media ?? [];
  if (files.length === 0) return null;
  return (
    <section>
      <h2>{t("phone.mine.photos")}</h2>
      <div class="photos">
        {files.map((file) => (
          <figure>
            {file.is_here && !file.type?.startsWith("video/") ? <LocalImage c={c} path={`/app/media/${record.id}/${file.number}`} alt={t("phone.photo.alt", { n: file.number })} /> : null}
            <figcaption>{t(`phone.media.${file.state}`)}<br /><span class="code">{file.sha256.slice(0, 8)}</span></figcaption>
            {file.state === "refused" ? <p class="note error">{photoReason(file.reason, t)}</p> : null}
            {file.state === "sending" ? <progress value={file.sent_bytes} max={file.size} aria-label={t("phone.media.sending")} /> : null}
          </figure>
        ))}
      </div>
    </section>
  );
}

function History({ t, record }) {
  const history = record.view?.history ?? [];
  if (history.length === 0) return null;
  return (
    <section>
      <h2>{t("phone.mine.history")}</h2>
      <ol class="history">
        {history.map((step) => (
          <li>
            <strong>{isKnownText(`phone.action.${step.action}`) ? t(`phone.action.${step.action}`) : t("phone.action.other")}</strong>
            <small>{sayWhen(step.at, t)}</small>
            {step.text ? <p>{step.text}</p> : null}
          </li>
        ))}
      </ol>
    </section>
  );
}
