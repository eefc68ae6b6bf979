import { requireInside, requireSameLength, type Weights } from "./pairs.ts";
import type { Potential } from "./potential.ts";

/**
 * Bregman divergence of a separable potential, summed over weights.
 *
 * D(u ‖ v) = Σᵢ φ(uᵢ) − φ(vᵢ) − φ′(vᵢ)(uᵢ − vᵢ);  ≥ 0, and 0 only at u = v.
 *
 * +∞ where some pair is joined by no path (opposite signs under the negative entropy); 0 for no weights.
 *
 * @param to    u, length n, inside the potential's domain
 * @param from  v, length n, inside the potential's domain
 * @returns     in units of φ; not symmetric, no square root taken
 * @throws InputError `lengths-differ`, `outside-domain`
 * @example bregmanDivergence(euclidean, Float64Array.of(3), Float64Array.of(1)) // 2
 * @see Bregman 1967, doi:10.1016/0041-5553(67)90040-7
 */
export function bregmanDivergence(potential: Potential, to: Weights, from: Weights): number {
  requireSameLength("bregmanDivergence", ["to", "from"], to, from);
  requireInside("bregmanDivergence", potential, "to", to);
  requireInside("bregmanDivergence", potential, "from", from);
  let sum = 0;
  for (let i = 0; i < to.length; i++) sum += potential.divergence(to[i], from[i]);
  return sum;
}
