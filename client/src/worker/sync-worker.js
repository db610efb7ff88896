/** The dedicated worker that keeps the phone in sync while a page is open; the page hands the build over as its name. */
import { openPhone } from "../log/phone.js";
import { startSync } from "../sync/schedule.js";

startSync(await openPhone({ build: self.name }));
