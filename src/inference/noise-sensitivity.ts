/** What the exponent would be if there were measurement noise that nobody told us of. */

import type { Random } from "../random.ts";
import type { ContinuumPairs } from "./dual-continuum.ts";
import { estimateWithNoise, thin } from "./estimate.ts";
import type { NoiseSensitivity } from "./geometry-fit.ts";
import { changeBeyondNoise, type NoiseLevels, noisyPairs } from "./measurement-noise.ts";

const SHARES = [0.05, 0.1, 0.2] as const;
/** Enough for a picture of the direction and size of the effect; the latent grid takes a second for each. */
const PAIRS = 500;

/** λ̂ with 5, 10 and 20 % of multiplicative noise, and of additive noise in shares of the mean size. */
export function noiseSensitivity(
  pairs: ContinuumPairs,
  level: number,
  random: Random,
  tick: (label: string) => void,
): NoiseSensitivity[] {
  const some = thin(pairs, PAIRS, random.stream("subsample"));
  const sizes = some.logInitial.map((value) => Math.exp(value + some.logScale));
  const meanSize = sizes.reduce((sum, size) => sum + size, 0) / some.count;
  return (["multiplicative", "additive"] as const).flatMap((kind) =>
    SHARES.map((share) => {
      tick(`${100 * share} % ${kind} noise`);
      const noise: NoiseLevels =
        kind === "additive"
          ? { additive: share * meanSize, multiplicative: 0 }
          : { additive: 0, multiplicative: share };
      return { kind, share, ...underNoise(some, noise, level, random.stream(`${kind} ${share}`)) };
    }),
  );
}

function underNoise(pairs: ContinuumPairs, noise: NoiseLevels, level: number, random: Random) {
  const noisy = noisyPairs(pairs, noise);
  const comparison = changeBeyondNoise(noisy, null);
  if (!comparison.beyond)
    return { estimate: null, low: null, high: null, status: "change-within-noise" as const };
  const { exponent } = estimateWithNoise(noisy, comparison, { level, random, resamples: 400 });
  const { estimate, low, high } = exponent;
  return { estimate, low, high, status: estimate === null ? ("no-estimate" as const) : ("ok" as const) };
}
