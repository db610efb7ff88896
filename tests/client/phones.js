/** Phones for tests: opened on fresh storage, enrolled at a fake server, with something to say. */
import { freshName } from "./browser.js";
import { FakeServer } from "./fake_server.js";
import { openPhone } from "../../client/src/log/phone.js";
import { ulid } from "./packages.js";

export const CODE = "1234567890";

export async function enrolledPhone(t, prepare = () => {}) {
  const server = await new FakeServer().start();
  prepare(server);
  const closers = [() => server.stop()];
  // In the reverse order: what uses the store ends before the store does, the server last.
  t.after(async () => { for (const close of closers.reverse()) await close(); });
  const phone = await openPhone({ build: "test", name: freshName(), origin: server.origin, fetch: server.browserFetch() });
  closers.push(() => phone.store.close());
  await phone.enrol({ code: CODE, label: "手机" });
  return { server, phone, onClose: (close) => closers.push(close) };
}

export const STATION_ID = "station:01jd0000000000000000000009";
export const ZHAO = { member: "m01jd000000000000000000000z", display_name: "赵督导" };
export const QIAN = { member: "m01jd000000000000000000000q", display_name: "钱督导" };

/** A station's tablet at a fake server; `ZHAO` and `QIAN` may begin by the codes 1 and 2, ten times over. */
export async function enrolledTablet(t) {
  return enrolledPhone(t, (server) => {
    const device = "d01jd0000000000000000000001";
    Object.assign(server, { kind: "tablet", device, member: device, station: { id: STATION_ID, operators: [] }, people: { [PERSON_CODE.zhao]: ZHAO, [PERSON_CODE.qian]: QIAN } });
  });
}

export const PERSON_CODE = { zhao: "1111111111", qian: "2222222222" };

export const newId = (type = "lead") => `${type}:${ulid().toLowerCase()}`;

export function lead(title = "坝坡被开垦") {
  return { id: newId(), type: "lead", role: "volunteer", body: { title, media: [] } };
}

export async function leadWithPhoto(phone, bytes = "photo bytes") {
  const draft = await phone.drafts.begin("lead");
  await phone.drafts.addPhoto(draft.id, new Blob([bytes], { type: "image/jpeg" }));
  await phone.submit(draft.id, { role: "volunteer", body: { title: "有照片" } });
  return draft.id;
}

export const place = async (phone, id) => (await phone.entry(id)).place.where;
