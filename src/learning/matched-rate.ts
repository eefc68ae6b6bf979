/** Learning rates that make geometries comparable. */

import { isInside, type Potential } from "../geometry/index.ts";

/**
 * The learning rate under which a weight of this size moves as far in a step as under gradient descent.
 *
 * η_φ = η φ″(w): a small step η_φ g of the dual weight is one of η_φ g/φ″(w) of the weight. η itself where the size lies
 * outside the potential's domain.
 *
 * @param rate  η of gradient descent
 * @param size  w, a usual weight
 */
export function matchedRate(
  { curvature, domain }: Potential,
  { rate, size }: { readonly rate: number; readonly size: number },
): number {
  return isInside(domain, size) ? rate * curvature(size) : rate;
}
