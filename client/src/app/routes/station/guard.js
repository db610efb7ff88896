/** Behind the PIN: who has not opened the tablet, or has not touched it for two minutes, sees the code and nothing else. */
import { acting, awake } from "../../../log/operators.js";
import { formOf } from "../../context.js";
import { refusalBesideField } from "../../reasons.js";

/** Lets a handler run for whom the tablet stands open: `handle(c, person)`. */
export function behindPin(handle) {
  return async (c) => {
    const person = await acting(c.var.phone);
    if (!person) return c.redirect("/app/station/open", 303);
    await awake(c.var.phone);
    return handle(c, person);
  };
}

/**
 * Do what a form asks for; what is wrong comes back beside its fields.
 * @param {(form: FormData) => Promise<Response>} work @param {(errors: Object<string, string>, form: FormData) => Response} again
 */
export async function tried(c, work, again) {
  const form = await formOf(c);
  try {
    return await work(form);
  } catch (error) {
    if (!error.code) throw error;
    return again(await refusalBesideField(c, error), form);
  }
}
