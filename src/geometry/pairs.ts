/** Checks at the door of the functions that take two weights at a time from arrays. */

import { InputError } from "../errors.ts";
import { isInside, outsideDomain } from "./domain.ts";
import type { Potential } from "./potential.ts";

/** One weight per synapse, as float64, float32 or plain numbers. */
export type Weights = Float64Array | Float32Array | readonly number[];

/** Throws InputError `lengths-differ` unless the two arrays have one length. */
export function requireSameLength(
  where: string,
  names: readonly [string, string],
  a: Weights,
  b: Weights,
): void {
  if (a.length === b.length) return;
  throw new InputError({
    code: "lengths-differ",
    message: `${where}: expected ${names[0]} and ${names[1]} of one length, got ${a.length} and ${b.length}; pair the weights first`,
  });
}

/** Throws InputError `outside-domain`, with the index, at the first weight outside the potential's domain. */
export function requireInside(where: string, potential: Potential, name: string, weights: Weights): void {
  // The interior is tested here, on local numbers, so that the loop stays a small part of what follows it.
  const { low, high, withoutZero } = potential.domain;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (weight > low && weight < high && !(withoutZero && weight === 0)) continue;
    if (isInside(potential.domain, weight)) continue;
    throw outsideDomain(`${where} (${potential.name})`, potential.domain, weight, `index ${i} of "${name}"`);
  }
}
