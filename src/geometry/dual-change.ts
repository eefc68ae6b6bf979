import { requireInside, requireSameLength, type Weights } from "./pairs.ts";
import type { Potential } from "./potential.ts";

/**
 * Change of every weight in the dual, the quantity that is Gaussian where φ is the true geometry.
 *
 * δᵢ = φ′(finalᵢ) − φ′(initialᵢ), right to about 1e-15 relative however small the change.
 *
 * @param initial  length n, inside the potential's domain
 * @param final    length n, inside the potential's domain
 * @returns        length n, in units of the dual
 * @throws InputError `lengths-differ`, `outside-domain`
 * @example dualChanges(euclidean, [1, 2], [1.5, 1]) // Float64Array [0.5, -1]
 */
export function dualChanges(potential: Potential, initial: Weights, final: Weights): Float64Array {
  requireSameLength("dualChanges", ["initial", "final"], initial, final);
  requireInside("dualChanges", potential, "initial", initial);
  requireInside("dualChanges", potential, "final", final);
  const changes = new Float64Array(initial.length);
  for (let i = 0; i < changes.length; i++) changes[i] = potential.dualChange(initial[i], final[i]);
  return changes;
}
