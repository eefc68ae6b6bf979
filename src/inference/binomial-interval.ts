/** How well a number of runs knows a probability. */

import { normalQuantile } from "./special-functions.ts";

/**
 * Interval of a probability from the share found in n runs: (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z the
 * normal quantile of (1 + level)/2.
 *
 * Wilson 1927, doi:10.1080/01621459.1927.10502953; it holds near 0 and 1 too, and never leaves them.
 *
 * @param share  in [0, 1]
 * @param runs   > 0
 */
export function binomialInterval(
  share: number,
  runs: number,
  level = 0.95,
): { readonly low: number; readonly high: number } {
  const z = normalQuantile(0.5 + level / 2);
  const squared = (z * z) / runs;
  const centre = share + squared / 2;
  const half = z * Math.sqrt((share * (1 - share)) / runs + squared / (4 * runs));
  return {
    low: Math.max(0, (centre - half) / (1 + squared)),
    high: Math.min(1, (centre + half) / (1 + squared)),
  };
}
