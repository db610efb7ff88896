/** The place in words, and more places by stake or cell of the grid. */
import { Icon } from "../../parts/icon.jsx";
import { Field, TextField } from "../../parts/field.jsx";
import { MAX_PLACES, sayPlace } from "./places.js";

export function PlaceWords({ t, fields, error, isFirstError }) {
  return (
    <TextField name="place_text" label={t("phone.lead.place_text")} hint={t("phone.lead.place_hint")} value={fields.place_text}
      error={error} isFirstError={isFirstError} />
  );
}

/** What was added, and room for the next. A tap on the button only makes room: what is typed counts without it. */
export function Places({ t, base, fields, error }) {
  const places = fields.places ?? [];
  return (
    <div id="places">
      {places.length > 0 ? (
        <ul class="added">
          {places.map((place, index) => (
            <li>
              <span>{sayPlace(place, t)}</span>
              <button type="button" class="quiet" hx-post={`${base}/place/${index}/remove`} hx-target="#places" hx-swap="outerHTML"
                aria-label={t("phone.lead_form.place_remove", { n: index + 1 })}><Icon name="remove" /></button>
            </li>
          ))}
        </ul>
      ) : null}
      {places.length < MAX_PLACES - 1 ? (
        <>
          <Field name="stake_no" label={t("phone.lead_form.stake_no")} error={error}>
            <input type="text" id="stake_no" name="stake_no" autocomplete="off" value={fields.stake_no ?? ""} />
          </Field>
          <Field name="grid_no" label={t("phone.lead_form.grid_no")}>
            <input type="text" inputmode="numeric" id="grid_no" name="grid_no" autocomplete="off" value={fields.grid_no ?? ""} />
          </Field>
          <button type="button" hx-post={`${base}/place`} hx-include="#stake_no, #grid_no" hx-target="#places" hx-swap="outerHTML">
            <Icon name="place" />{t("phone.lead_form.place_add")}
          </button>
        </>
      ) : null}
    </div>
  );
}
