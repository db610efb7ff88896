/** Page mode: the same app answers inside the page. Loaded only when it is needed. */
import { page } from "./page_facts.js";

const MAX_REDIRECTS = 5;
let opening = null;

/** Opened once for the life of this page; a failure is tried again by the next request. */
async function open() {
  const { app, failurePage, loadLater, openHost } = await import("../core.js");
  opening ??= openHost({
    ...page,
    isPageMode: true,
    loadAsset: (logical) => fetch(`/app/assets/${page.names[logical]}`),
  });
  try {
    const env = await opening;
    // Without a network it is tried again with the next request.
    loadLater(env).catch(() => {});
    return { app, env };
  } catch (error) {
    opening = null;
    return { failure: await failurePage(error) };
  }
}

/** Begin what the first request will need, while the page does other things; what fails is met by that request. */
export function prepare() {
  open().catch(() => {});
}

/** A `fetch` for htmx: same arguments, answered here. Redirects are followed as the browser would. */
export async function localFetch(action, request = {}) {
  const { app, env, failure } = await open();
  if (failure) return failure;
  let url = new URL(action, location.origin);
  let response = await app.fetch(localRequest(url, request), withForm(env, request));
  for (let hop = 0; isRedirect(response) && hop < MAX_REDIRECTS; hop += 1) {
    url = new URL(response.headers.get("location"), url);
    response = await app.fetch(localRequest(url, { headers: request.headers }), env);
  }
  // htmx reads the address to push from here; a Response made by hand has none.
  Object.defineProperty(response, "url", { value: url.href });
  return response;
}

/** Without the body: it travels as it is, for WebKit cannot read a File back out of a Request made by the page. */
function localRequest(url, { method = "GET", headers }) {
  return new Request(url, { method, headers });
}

function withForm(env, { body }) {
  if (!body) return env;
  if (body instanceof FormData) return { ...env, formData: body };
  const formData = new FormData();
  for (const [name, value] of new URLSearchParams(body)) formData.append(name, value);
  return { ...env, formData };
}

function isRedirect(response) {
  return response.status >= 300 && response.status < 400 && response.headers.has("location");
}
