/** A geometry by the name that people type, on the command line as here. */

import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { parsePotential } from "../../geometry/index.ts";
import { type Parameter, textThat } from "../route.ts";
import { Help } from "./fields.tsx";
import { Term } from "./term.tsx";

const OFFERED = [
  "negative-entropy",
  "1.5-norm",
  "2-norm",
  "3-norm",
  "hyperbolic-entropy:0.1",
  "affine:1",
] as const;

/** For `addressState`. */
export const potentialParameter = (initial: string): Parameter<string> =>
  textThat(initial, (text) => parsePotential(text, "potential"));

interface PotentialFieldProps {
  readonly value: Signal<string>;
  readonly label?: ComponentChildren;
  readonly disabled?: boolean;
}

/** What is not a potential stays in the field with a sentence, and the last good one holds. */
export function PotentialField({ value, label, disabled = false }: PotentialFieldProps) {
  const id = useId();
  const wrong = useSignal<string | null>(null);
  const take = (text: string) => {
    try {
      parsePotential(text, "potential");
      wrong.value = null;
      value.value = text;
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : String(error);
    }
  };
  return (
    <div class="field">
      <label for={id}>{label ?? <Term word="potential" />}</label>
      <input
        id={id}
        list={`${id}-list`}
        value={value.value}
        disabled={disabled}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={wrong.value !== null}
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => take(currentTarget.value.trim())}
      />
      <datalist id={`${id}-list`}>
        {OFFERED.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <Help id={`${id}-help`} wrong={wrong.value} help="such as negative-entropy, 2-norm, 1.5-norm" />
    </div>
  );
}
