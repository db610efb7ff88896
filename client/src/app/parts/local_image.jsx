/** A picture kept on this phone. Without a worker `<img src>` would ask the server, so the page sets the source itself. */
export function LocalImage({ c, path, alt }) {
  return c.env.isPageMode ? <img data-local={path} alt={alt} /> : <img src={path} alt={alt} decoding="async" />;
}
