/** A station's tablet that stands open for one person, over a real log, with views that a test fills in. */
import { enrolledTablet, PERSON_CODE, STATION_ID } from "../client/phones.js";
import { begin, choosePin } from "../../client/src/log/operators.js";
import { fetchState } from "../../client/src/log/state.js";
import { feedsWith, screensOver } from "./app_rig.js";

export const PIN = "258036";
export const STATION = { _id: STATION_ID, type: "station", name: "祝阿镇公益服务站", version: 3 };
export const ORDERS = [
  { _id: "service_order:01aa", display_code: "甲-01", verify_level: "L2" },
  { _id: "service_order:01bb", display_code: "乙-02", verify_level: "L1" },
];

/** @param {Object<string, object[]>} views by type, besides the orders */
export async function tabletScreens(test, views = {}) {
  const { phone } = await enrolledTablet(test);
  await begin(phone, PERSON_CODE.zhao);
  await choosePin(phone, PIN);
  await fetchState(phone.store, phone.session);
  const stationViews = async (type) => ({ service_order: ORDERS, ...views })[type] ?? [];
  const screens = screensOver(phone, {}, { ...feedsWith({ stations: [STATION] }), stationViews });
  await screens.post("/app/station/language", { language: "zh" });
  return screens;
}
