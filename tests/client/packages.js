/** The phone's packages that tests use themselves. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const client = createRequire(new URL("../../client/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(client.resolve(name)));

export const { ulid } = await load("ulid");
export const { unzipSync, strFromU8 } = await load("fflate");
