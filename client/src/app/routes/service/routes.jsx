/** The screens of a participant, loaded when one of them is first asked for (ARCHITECTURE, "Who answers /app"). */
import { Hono } from "hono/tiny";
import { check } from "./check.jsx";
import { checked } from "./checked.jsx";
import { evaluation } from "./evaluation.jsx";
import { leave } from "./leave.jsx";
import { ledger } from "./ledger.jsx";
import { now } from "./now.jsx";
import { order } from "./order.jsx";
import { pledge } from "./pledge.jsx";
import { session } from "./session.jsx";
import { slots } from "./slots.jsx";

export const routes = new Hono()
  .route("/check", check)
  .route("/ledger", ledger)
  .route("/service/now", now)
  .route("/service/checked", checked)
  .route("/service/slots", slots)
  .route("/service/session", session)
  .route("/service/evaluation", evaluation)
  .route("/service/order", pledge)
  .route("/service/order", leave)
  .route("/service/order", order);
