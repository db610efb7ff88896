/** What the document says about the build that it belongs to: {build, names}. */
const meta = document.querySelector('meta[name="liandong-page"]');

export const page = JSON.parse(meta?.content ?? "{}");
