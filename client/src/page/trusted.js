/**
 * The one Trusted Types policy, `default`: HTML for htmx's swaps, and the addresses of our own three workers, without which
 * a browser that enforces the policy could not start them. A script has no way in.
 */
const WORKERS = /^\/(sw\.js|app\/assets\/(sync|scan)-worker-[A-Z0-9]+\.js)$/;

if (globalThis.trustedTypes) {
  globalThis.trustedTypes.createPolicy("default", {
    createHTML: (html) => html,
    createScriptURL: (address) => {
      const url = new URL(address, location.origin);
      if (url.origin === location.origin && WORKERS.test(url.pathname)) return address;
      throw new TypeError("not a worker of ours");
    },
  });
}
