/** The frame of every page, and of the shell that the server sends on a first visit. */
import { raw } from "hono/html";
import sprite from "../../generated/sprite.svg";

const HTMX = { history: true, includeIndicatorCSS: false, mode: "same-origin", defaultTimeout: 120000 };
const ASSETS = "/app/assets/";

/** `preload`: scripts that the page needs at once, fetched together instead of one import after the other. */
export function Document({ names, build, preload = [], language = "zh", large = false, title, children }) {
  const page = { build, names };
  return (
    <html lang={language === "zh" ? "zh-CN" : language} data-large={large ? "yes" : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="theme-color" content="#12365e" />
        <meta name="htmx-config" content={JSON.stringify(HTMX)} />
        <meta name="liandong-page" content={JSON.stringify(page)} />
        <title>{title}</title>
        <link rel="stylesheet" href={ASSETS + names["phone.css"]} />
        <link rel="manifest" href="/app/manifest.webmanifest" />
        <link rel="icon" href={ASSETS + names["icon-192.png"]} />
        <link rel="apple-touch-icon" href={ASSETS + names["icon-192.png"]} />
        {preload.map((file) => <link rel="modulepreload" href={ASSETS + file} />)}
        <script type="module" src={ASSETS + names["page.js"]}></script>
      </head>
      <body hx-boost:inherited="true">
        {raw(sprite)}
        {children}
      </body>
    </html>
  );
}
