/**
 * What only some screens need of a page, loaded with the first of them: an element says by `data-enhance="name other"` what is to be done with it.
 * It works on forms: whatever is collected ends in a field, and the app takes it from there.
 */
import { keepReader } from "../scan/reader.js";
import { takePhotos } from "./camera.js";
import { takeClip } from "./clip.js";
import { lockWhenIdle } from "./idle_lock.js";
import { followPosition } from "./position.js";
import { offerPrint } from "./print.js";
import { askForNotifications, wakeAt } from "./reminders.js";
import { countDown } from "./rotating_code.js";
import { offerScan } from "./scan_box.js";
import { offerShot } from "./shot.js";
import { offerSignature } from "./signature.js";
import { fillStationCode } from "./station_code.js";

const BY_NAME = {
  keep_scanner: () => keepReader().catch(() => {}),
  clip: takeClip, idle_lock: lockWhenIdle, notify: askForNotifications, photos: takePhotos, position: followPosition, print: offerPrint, rotating_code: countDown, scan: offerScan, shot: offerShot, signature: offerSignature, station_code: fillStationCode, wake: wakeAt,
};

/** @param {HTMLElement[]} boxes each with `data-enhance` */
export function enhance(boxes) {
  for (const box of boxes) {
    box.dataset.enhanced = "yes";
    for (const name of box.dataset.enhance.split(" ")) BY_NAME[name](box);
  }
}
