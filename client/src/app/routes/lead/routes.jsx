/** The screens of a volunteer, loaded when one of them is first asked for (ARCHITECTURE, "Who answers /app"). */
import { Hono } from "hono/tiny";
import { laterForms } from "./later_forms.jsx";
import { lead } from "./lead.jsx";
import { slip } from "./slip.jsx";
import { told } from "./told.jsx";

export const routes = new Hono().route("/mine", told).route("/lead", slip).route("/lead", laterForms).route("/lead", lead);
