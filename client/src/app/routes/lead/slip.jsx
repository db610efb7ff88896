/** A lead's number on paper, for whoever told of it without a phone: printed, or copied by hand, before any network has come. */
import { Hono } from "hono/tiny";
import { show } from "../../context.js";
import { QrCode } from "../../parts/qr_code.jsx";
import { Screen } from "../../parts/screen.jsx";
import { myRecord } from "../../records.js";
import { sayWhen } from "../../when.js";

export const slip = new Hono().get("/:lead/slip", async (c) => {
  const { t } = c.var;
  const id = `lead:${c.req.param("lead")}`;
  const draft = await c.var.phone.drafts.get(id);
  const record = draft ? null : await myRecord(c.var, id);
  const ref = draft?.fields.local_ref ?? record?.body.local_ref;
  if (!ref) return c.notFound();
  const back = draft ? `/app/lead/${c.req.param("lead")}` : `/app/mine/${id}`;
  const print = <button type="button" class="main" data-enhance="print">{t("phone.lead_slip.print")}</button>;
  return show(c, (
    <Screen c={c} title={t("phone.lead_slip.title")} back={back} action={print}>
      <section class="slip">
        <p class="slip-number code">{ref}</p>
        <QrCode text={`LD3:${c.req.param("lead")}:${ref}`} label={t("phone.lead_slip.qr", { ref })} />
        <p>{t("phone.lead_slip.recorded", { when: sayWhen(draft?.begun_at ?? record.at, t) })}</p>
        <p>{t("phone.lead_slip.keep")}</p>
        <p class="hint">{t("phone.lead_slip.no_name")}</p>
      </section>
    </Screen>
  ));
});
