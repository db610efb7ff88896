/** The screens of a volunteer, loaded when one of them is first asked for (ARCHITECTURE, "Who answers /app"). */
import { Hono } from "hono/tiny";
import { lead } from "./lead.jsx";

export const routes = new Hono().route("/lead", lead);
