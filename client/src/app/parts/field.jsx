/** Form fields with their limit and what is wrong with them beside them. */

/** A label, what it labels, and a note that a save refreshes out of band. */
export function Field({ name, label, hint, error, children }) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint ? <p class="hint" id={`${name}-hint`}>{hint}</p> : null}
      {children}
      <Note name={name} text={error} isError={Boolean(error)} />
    </div>
  );
}

export function Note({ name, text, isError, isOutOfBand }) {
  return (
    <p id={`${name}-note`} class={isError ? "note error" : "note"} aria-live="polite" hx-swap-oob={isOutOfBand ? "true" : undefined}>
      {text ?? ""}
    </p>
  );
}

export function TextField({ name, label, hint, value, error, isFirstError, rows, ...rest }) {
  const shared = {
    id: name,
    name,
    autocomplete: "off",
    "aria-describedby": hint ? `${name}-hint ${name}-note` : `${name}-note`,
    "aria-invalid": error ? "true" : undefined,
    autofocus: isFirstError ? true : undefined,
    ...rest,
  };
  return (
    <Field name={name} label={label} hint={hint} error={error}>
      {rows ? <textarea rows={rows} {...shared}>{value ?? ""}</textarea> : <input type="text" value={value ?? ""} {...shared} />}
    </Field>
  );
}

export function SelectField({ name, label, hint, value, error, options, empty }) {
  return (
    <Field name={name} label={label} hint={hint} error={error}>
      <select id={name} name={name} aria-invalid={error ? "true" : undefined} aria-describedby={`${name}-note`}>
        {empty ? <option value="">{empty}</option> : null}
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>{option.label}</option>
        ))}
      </select>
    </Field>
  );
}

/** One of a few, each a target for a thumb. */
export function ChoiceField({ name, legend, value, error, options }) {
  return (
    <fieldset class="choices" aria-describedby={`${name}-note`}>
      <legend>{legend}</legend>
      <div>
        {options.map((option) => (
          <label>
            <input type="radio" name={name} value={option.value} checked={option.value === value} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      <Note name={name} text={error} isError={Boolean(error)} />
    </fieldset>
  );
}
