/** Any number of texts, added one by one. */

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Help } from "./fields.tsx";

interface ListFieldProps {
  readonly label: ComponentChildren;
  readonly value: Signal<readonly string[]>;
  /** What may be picked while typing. */
  readonly offered: readonly string[];
  readonly help?: ComponentChildren;
}

/** Taken by Enter, on leaving the field, or when one of the offered is picked; each has a button that removes it. */
export function ListField({ label, value, offered, help }: ListFieldProps) {
  const id = useId();
  const typed = useSignal("");
  const add = (text: string) => {
    const added = text.trim();
    if (added !== "" && !value.value.includes(added)) value.value = [...value.value, added];
    typed.value = "";
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {value.value.length === 0 ? null : (
        <ul class="chips">
          {value.value.map((text) => (
            <li key={text}>
              <button
                type="button"
                aria-label={`Remove ${text}`}
                onClick={() => {
                  value.value = value.value.filter((other) => other !== text);
                }}
              >
                {text} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        id={id}
        type="text"
        list={`${id}-list`}
        value={typed.value}
        spellcheck={false}
        autocomplete="off"
        aria-describedby={`${id}-help`}
        onInput={({ currentTarget, inputType }) => {
          typed.value = currentTarget.value;
          // Picked from the list rather than typed, as far as a browser says so.
          const isPicked = inputType === undefined || inputType === "insertReplacementText";
          if (isPicked && offered.includes(currentTarget.value)) add(currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add(typed.peek());
        }}
        onChange={() => add(typed.peek())}
      />
      <datalist id={`${id}-list`}>
        {offered
          .filter((text) => !value.value.includes(text))
          .map((text) => (
            <option key={text} value={text} />
          ))}
      </datalist>
      <Help id={`${id}-help`} wrong={null} help={help} />
    </div>
  );
}
