/** The status line by itself, for screens that hold a form and refresh nothing else. */
import { Hono } from "hono/tiny";
import { StatusLine } from "../parts/status_line.jsx";

export const status = new Hono().get("/status", (c) => c.html(<StatusLine c={c} />));
