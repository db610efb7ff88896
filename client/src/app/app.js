/**
 * The phone's own server: every screen under /app, answered from local data. The same `app.fetch(request, env)` runs in the
 * service worker, in the page where there is none, and in tests.
 */
import { Hono } from "hono/tiny";
import { withContext } from "./context.js";
import { failed, unknown } from "./failures.jsx";
import { later } from "./later.js";
import { enrol } from "./routes/enrol.jsx";
import { files } from "./routes/files.js";
import { home } from "./routes/home.jsx";
import { mine } from "./routes/mine.jsx";
import { settings } from "./routes/settings.jsx";
import { status } from "./routes/status.jsx";
import { sync } from "./routes/sync.jsx";

export const app = new Hono({ strict: false })
  .basePath("/app")
  .use("*", withContext)
  .route("/mine", mine)
  .all("/lead/*", later("lead"))
  .all("/check/*", later("service"))
  .all("/ledger/*", later("service"))
  .all("/service/*", later("service"))
  .all("/station/*", later("station"))
  .route("/", enrol)
  .route("/", settings)
  .route("/", sync)
  .route("/", status)
  .route("/", files)
  .route("/", home)
  .notFound(unknown)
  .onError(failed);
