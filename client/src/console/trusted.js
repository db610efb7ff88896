// One default Trusted Types policy that makes HTML only: a script in a fragment has no way in.
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", { createHTML: (html) => html });
}
