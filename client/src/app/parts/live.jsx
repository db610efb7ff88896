/** A part of a screen that renders itself anew, by morphing, whenever something changed on this phone. */
export function Live({ c, children }) {
  const url = new URL(c.req.url);
  return (
    <div id="live" hx-get={url.pathname + url.search} hx-select="#live" hx-trigger="liandong:changed from:body" hx-swap="outerMorph">
      {children}
    </div>
  );
}
