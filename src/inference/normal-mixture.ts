/** A mixture of two normals with one standard deviation, by maximum likelihood. */

import { InputError } from "../errors.ts";
import type { SmearedPoints } from "./smeared-points.ts";

export interface NormalMixture extends SmearedPoints {
  readonly logLikelihood: number;
}

/** Where the values are cut in two to begin with: each start climbs to a maximum of its own, and one may be a single normal. */
const STARTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
const MOST_STEPS = 5000;
/** Of the log-likelihood per value, in a step. */
const SETTLED = 1e-12;

/**
 * Two means, their shares and the common σ.
 *
 * f(x) = p₁ φ((x − μ₁)/σ)/σ + p₂ φ((x − μ₂)/σ)/σ, maximised by expectation and maximisation from nine starts; the best is taken.
 *
 * @param values  n ≥ 4 finite numbers, three of them different
 * @throws InputError `too-few-values`
 * @see Dempster, Laird & Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x
 */
export function fitNormalMixture(values: ArrayLike<number>): NormalMixture {
  const sorted = Float64Array.from(values).sort();
  const distinct = new Set(sorted).size;
  if (distinct < 3 || sorted.length < 4) {
    throw new InputError({
      code: "too-few-values",
      message: `fitNormalMixture: expected 4 or more values, 3 of them different, got ${sorted.length} with ${distinct} different; measure more`,
    });
  }
  const fits = STARTS.map((share) => climb(sorted, startAt(sorted, share))).filter(({ logLikelihood }) =>
    Number.isFinite(logLikelihood),
  );
  return fits.reduce((best, fit) => (fit.logLikelihood > best.logLikelihood ? fit : best));
}

interface Pair {
  readonly low: number;
  readonly high: number;
  /** Of the lower one. */
  readonly share: number;
  readonly deviation: number;
}

function startAt(sorted: Float64Array, share: number): Pair {
  const cut = Math.min(sorted.length - 1, Math.max(1, Math.round(share * sorted.length)));
  const [low, high] = [mean(sorted.subarray(0, cut)), mean(sorted.subarray(cut))];
  const middle = mean(sorted);
  const spread = Math.sqrt(mean(sorted.map((value) => (value - middle) ** 2)));
  return { low, high, share: cut / sorted.length, deviation: spread / 2 };
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function climb(values: Float64Array, start: Pair): NormalMixture {
  let pair = start;
  let before = Number.NEGATIVE_INFINITY;
  for (let step = 0; ; step++) {
    const { next, logLikelihood } = stepFrom(values, pair);
    const isSettled = logLikelihood - before < SETTLED * values.length;
    if (isSettled || step === MOST_STEPS) {
      return {
        points: Float64Array.of(pair.low, pair.high),
        shares: Float64Array.of(pair.share, 1 - pair.share),
        deviation: pair.deviation,
        logLikelihood,
      };
    }
    pair = next;
    before = logLikelihood;
  }
}

/** The likelihood of `pair`, and the pair that one step makes of it; the order of the means is kept. */
function stepFrom(values: Float64Array, { low, high, share, deviation }: Pair) {
  const n = values.length;
  let [logLikelihood, weight, lowSum, highSum, squares] = [0, 0, 0, 0, 0];
  const responsibilities = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const [a, b] = [(values[i] - low) / deviation, (values[i] - high) / deviation];
    // The larger of the two terms is taken out, so that neither underflows.
    const odds = Math.log(share / (1 - share)) + (b * b - a * a) / 2;
    const own = 1 / (1 + Math.exp(-odds));
    const term = odds > 0 ? Math.log(share) - (a * a) / 2 : Math.log(1 - share) - (b * b) / 2;
    logLikelihood += term + Math.log1p(Math.exp(-Math.abs(odds)));
    responsibilities[i] = own;
    weight += own;
    lowSum += own * values[i];
    highSum += (1 - own) * values[i];
  }
  const next = { low: lowSum / weight, high: highSum / (n - weight) };
  for (let i = 0; i < n; i++) {
    squares += responsibilities[i] * (values[i] - next.low) ** 2;
    squares += (1 - responsibilities[i]) * (values[i] - next.high) ** 2;
  }
  return {
    next: { ...next, share: weight / n, deviation: Math.sqrt(squares / n) },
    logLikelihood: logLikelihood - n * Math.log(deviation * Math.sqrt(2 * Math.PI)),
  };
}
