/** A geometry by the name that people type, on the command line as here. */

import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { parsePotential } from "../../geometry/index.ts";
import { type Parameter, textThat } from "../route.ts";
import { TextField } from "./fields.tsx";
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

export function PotentialField({ value, label, disabled }: PotentialFieldProps) {
  return (
    <TextField
      label={label ?? <Term word="potential" />}
      value={value}
      offered={OFFERED}
      help="such as negative-entropy, 2-norm, 1.5-norm"
      check={(text) => parsePotential(text, "potential")}
      {...(disabled === undefined ? {} : { disabled })}
    />
  );
}
