/** The dedicated worker that keeps the phone in sync while a page is open; the page hands the build over as its name. */
import { openPhone, startSync } from "../core.js";

startSync(await openPhone({ build: self.name }));
