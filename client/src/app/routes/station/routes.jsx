/** The screens of a station's tablet, loaded when one of them is first asked for (ARCHITECTURE, "Who answers /app"). */
import { Hono } from "hono/tiny";
import { acts } from "./act.jsx";
import { display } from "./display.jsx";
import { evaluations } from "./evaluation.jsx";
import { opening } from "./open.jsx";
import { records } from "./records.jsx";
import { roster } from "./roster.jsx";
import { sheets } from "./sheet.jsx";
import { standDown } from "./stand_down.jsx";

/** A person's own phone is no tablet: nobody's PIN is on it. */
const onTablets = (c, next) => (c.var.identity.kind === "tablet" ? next() : c.redirect("/app/", 303));

const station = new Hono().use("*", onTablets);
for (const part of [display, opening, roster, acts, evaluations, standDown, records, sheets]) station.route("/", part);

export const routes = new Hono().route("/station", station);
