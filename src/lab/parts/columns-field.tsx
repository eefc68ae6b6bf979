/** Any number of columns of a table. */

import { batch, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface ColumnsFieldProps {
  readonly label: ComponentChildren;
  /** Names separated by commas. */
  readonly value: Signal<string>;
  readonly columns: readonly { readonly name: string }[];
  /** A line below. */
  readonly help?: ComponentChildren;
}

/** Any number of columns, whose values together make a label. */
export function ColumnsField({ label, value, columns, help }: ColumnsFieldProps) {
  const id = useId();
  const chosen = value.value === "" ? [] : value.value.split(",");
  return (
    <fieldset class="field choice" aria-describedby={`${id}-help`}>
      <legend>{label}</legend>
      <div class="segments many">
        {columns.map(({ name }) => (
          <label key={name}>
            <input
              type="checkbox"
              name={id}
              checked={chosen.includes(name)}
              onChange={() =>
                batch(() => {
                  const rest = chosen.filter((other) => other !== name);
                  value.value = (chosen.includes(name) ? rest : [...chosen, name]).join(",");
                })
              }
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
      <span id={`${id}-help`} class="help">
        {help}
      </span>
    </fieldset>
  );
}
