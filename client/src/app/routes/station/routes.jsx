/** The screens of a station's tablet, loaded when one of them is first asked for (ARCHITECTURE, "Who answers /app"). */
import { Hono } from "hono/tiny";

export const routes = new Hono();
