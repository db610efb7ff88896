/** The screens of a participant, loaded when one of them is first asked for (ARCHITECTURE, "Who answers /app"). */
import { Hono } from "hono/tiny";
import { check } from "./check.jsx";
import { ledger } from "./ledger.jsx";

export const routes = new Hono().route("/check", check).route("/ledger", ledger);
