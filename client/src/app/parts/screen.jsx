/** One screen: status line on top, one question, one main button at the bottom, tabs where nothing is being filled in. */
import { Document } from "./document.jsx";
import { Icon } from "./icon.jsx";
import { StatusLine } from "./status_line.jsx";

const TABS = [
  { name: "record", href: "/app/" },
  { name: "mine", href: "/app/mine" },
  { name: "sync", href: "/app/sync" },
];

/** `tab`: which tab is open; `back`: where the arrow leads, on screens without tabs; `action`: the main button. */
export async function Screen({ c, title, tab, back, action, children }) {
  const { t, preferences } = c.var;
  const { names, build, preload } = c.env;
  return (
    <Document names={names} build={build} preload={preload} language={preferences.language} large={preferences.large} title={t("phone.title", { title })}>
      <div id="screen" data-language={preferences.language} data-large={preferences.large ? "yes" : "no"} data-enrolled={c.var.identity ? "yes" : undefined}>
        <header class="top">
          {back ? <IconLink href={back} icon="back" label={t("phone.back")} /> : null}
          <StatusLine c={c} />
          {back ? null : <IconLink href="/app/settings" icon="settings" label={t("phone.settings.title")} />}
        </header>
        <main>
          <div class="content">
            <p id="update" class="said" hidden>
              {t("phone.update.ready")} <button type="button">{t("phone.update.let_in")}</button>
            </p>
            <h1>{title}</h1>
            {children}
          </div>
          {action ? <div class={tab ? "action above-tabs" : "action"}>{action}</div> : null}
        </main>
        {tab ? <Tabs t={t} open={tab} /> : null}
      </div>
    </Document>
  );
}

function IconLink({ href, icon, label }) {
  return (
    <a class="icon-link" href={href} aria-label={label}>
      <Icon name={icon} />
    </a>
  );
}

function Tabs({ t, open }) {
  return (
    <nav class="tabs" aria-label={t("phone.tabs")}>
      {TABS.map(({ name, href }) => (
        <a href={href} aria-current={name === open ? "page" : undefined}>
          <Icon name={name} />
          <span>{t(`phone.tab.${name}`)}</span>
        </a>
      ))}
    </nav>
  );
}
