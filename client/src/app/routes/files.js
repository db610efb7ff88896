/** Photos kept on this phone; never from the network. */
import { Hono } from "hono/tiny";
import { RASTER } from "../raster.js";

export const files = new Hono()
  .get("/media/:record/:number", async (c) => send(c, await c.var.phone.media.blob(c.req.param("record"), Number(c.req.param("number")))))
  .get("/draft-photo/:photo", async (c) => send(c, await c.var.phone.drafts.photoBlob(c.req.param("photo"))));

function send(c, blob) {
  if (!blob) return c.notFound();
  const type = RASTER.test(blob.type) ? blob.type : "application/octet-stream";
  return new Response(blob, { headers: { "Content-Type": type } });
}
