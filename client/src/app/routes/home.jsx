/** The record tab: what is begun, what is unsent, and the one button that this person came for. */
import { Hono } from "hono/tiny";
import { hasRole, show } from "../context.js";
import { Icon } from "../parts/icon.jsx";
import { Live } from "../parts/live.jsx";
import { RecordRow } from "../parts/record_row.jsx";
import { Screen } from "../parts/screen.jsx";
import { Where } from "../parts/where.jsx";
import { centreWord, returned, unsettledHere } from "../records.js";
import { sayShort } from "../when.js";

const SHOWN = 5;

export const home = new Hono().get("/", showHome).get("/returned", async (c) => c.html(<Returned t={c.var.t} records={await returned(c.var)} />));

async function showHome(c) {
  const { t, phone, identity } = c.var;
  const [drafts, open, { count }] = await Promise.all([phone.drafts.list(), unsettledHere(c.var), phone.recent(1)]);
  return show(c, (
    <Screen c={c} title={t("phone.home.title", { name: identity.display_name })} tab="record" action={<Actions t={t} identity={identity} />}>
      {hasRole(identity, "participant") ? <div id="service-now" hx-get="/app/service/now" hx-trigger="load" hx-swap="outerHTML"></div> : null}
      <Live c={c}>
        {drafts.length > 0 ? <Drafts t={t} drafts={drafts} /> : null}
        {open.length > 0 ? <Open t={t} records={open} /> : null}
        {drafts.length + open.length === 0 && hasRole(identity, "volunteer") ? <Nothing t={t} hasRecords={count > 0} /> : null}
      </Live>
      <Returned t={t} records={[]} isComing />
    </Screen>
  ));
}

/** What the centre sends back comes from the feeds, after the screen: the button does not wait for it. */
function Returned({ t, records, isComing }) {
  const trigger = isComing ? "load, liandong:changed from:body" : "liandong:changed from:body";
  return (
    <div id="returned" hx-get="/app/returned" hx-trigger={trigger} hx-swap="outerHTML">
      {records.length > 0 ? <h2>{t("phone.home.returned", { n: records.length })}</h2> : null}
      <ul class="rows">{records.slice(0, SHOWN).map((record) => <RecordRow t={t} record={record} word={centreWord(record, t)} />)}</ul>
    </div>
  );
}

function Actions({ t, identity }) {
  if (identity.must_re_enrol) return <a class="button main" href="/app/enrol">{t("phone.enrol.again")}</a>;
  const isVolunteer = hasRole(identity, "volunteer");
  const isParticipant = hasRole(identity, "participant");
  if (!isVolunteer && !isParticipant) return <p>{t("phone.home.no_role")}</p>;
  return (
    <>
      {isParticipant ? <a class="button main" href="/app/check"><Icon name="check_in" />{t("phone.check.title")}</a> : null}
      {isVolunteer ? (
        <form method="post" action="/app/lead/new">
          <button class={isParticipant ? undefined : "main"}><Icon name="record" />{t("phone.lead.begin")}</button>
        </form>
      ) : null}
    </>
  );
}

function Drafts({ t, drafts }) {
  return (
    <section>
      <h2>{t("phone.home.drafts")}</h2>
      <ul class="rows">
        {drafts.map((draft) => (
          <li>
            <a href={`/app/lead/${draft.id.split(":")[1]}`}>
              <strong>{draft.fields.title || t("phone.lead.untitled")}</strong>
              <Where t={t} where="draft" />
              <small>{t("phone.lead.saved_at", { when: sayShort(draft.saved_at, t) })}</small>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Open({ t, records }) {
  return (
    <section>
      <h2>{t("phone.home.open", { n: records.length })}</h2>
      <ul class="rows">{records.slice(0, SHOWN).map((record) => <RecordRow t={t} record={record} />)}</ul>
    </section>
  );
}

function Nothing({ t, hasRecords }) {
  return <p class="empty">{t(hasRecords ? "phone.home.all_done" : "phone.home.empty")}</p>;
}
