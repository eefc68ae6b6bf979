/** How far a sample is from the standard normal, with weight on the tails. */

import { normalCdf } from "./special-functions.ts";

/**
 * A² = −n − Σ (2i − 1)/n [ln Φ(z_i) + ln(1 − Φ(z_{n+1−i}))], z in increasing order.
 *
 * @param values  z, in any order; standardised where mean and SD are not known
 * @see Anderson & Darling 1954, doi:10.1080/01621459.1954.10501232
 */
export function andersonDarling(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const below = Math.max(normalCdf(sorted[i]), Number.MIN_VALUE);
    const above = Math.max(normalCdf(-sorted[count - 1 - i]), Number.MIN_VALUE);
    sum += ((2 * i + 1) / count) * (Math.log(below) + Math.log(above));
  }
  return -count - sum;
}
