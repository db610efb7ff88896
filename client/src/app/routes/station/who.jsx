/** Who acts, and that it is they: a person and their PIN, asked for with everything that is written. */
import { Field, Note } from "../../parts/field.jsx";

/** `people`: who has a PIN here; `chosen`: a member id. */
export function Who({ t, people, chosen, errors = {} }) {
  return (
    <>
      <fieldset class="choices who" aria-describedby="member-note">
        <legend>{t("phone.station.who")}</legend>
        <div>
          {people.filter((each) => each.has_pin).map(({ member, display_name: name }) => (
            <label>
              <input type="radio" name="member" value={member} checked={member === chosen} />
              <span>{name}</span>
            </label>
          ))}
        </div>
        <Note name="member" text={errors.member} isError={Boolean(errors.member)} />
      </fieldset>
      <PinField t={t} name="pin" label={t("phone.station.pin")} error={errors.pin} />
    </>
  );
}

export function PinField({ t, name, label, hint, error }) {
  return (
    <Field name={name} label={label} hint={hint} error={error}>
      <input id={name} name={name} type="password" class="code pin" inputmode="numeric" maxlength="6" autocomplete="off" autofocus={error ? true : undefined}
        placeholder={t("phone.station.pin_digits")} aria-describedby={`${name}-note`} aria-invalid={error ? "true" : undefined} />
    </Field>
  );
}

/** @returns {{member: string, pin: string}} as they were posted */
export function whoFrom(form) {
  const text = (name) => String(form.get(name) ?? "");
  return { member: text("member"), pin: text("pin").normalize("NFKC").trim() };
}
