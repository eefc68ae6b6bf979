/** The table of named potentials: the paper's measure, the likelihood, and whether the interval holds them. */

import { isInside, type Potential } from "../geometry/index.ts";
import { DELTA_CDF_FLOOR, type DeltaCdf } from "./delta-cdf.ts";
import type { ContinuumPairs } from "./dual-continuum.ts";
import type { Estimate } from "./estimate.ts";
import type { PotentialScore } from "./geometry-fit.ts";
import { independenceTest } from "./rank-independence.ts";
import { SMALLEST_GROUP } from "./student-law.ts";
import { studentLikelihood } from "./student-likelihood.ts";

/** The potentials compared unless others are asked for. */
export const DEFAULT_POTENTIALS = ["negative-entropy", "1.5-norm", "2-norm", "2.5-norm", "3-norm"] as const;

/** The exponents of those on the continuum. */
export function exponentsOf(potentials: readonly Potential[]): number[] {
  return potentials.flatMap(({ exponent }) => (exponent === null ? [] : [exponent]));
}

/**
 * One row a potential, with its ΔCDF of all `used` pairs; log-likelihoods are those of the pairs that the likelihood saw.
 *
 * @param estimate  asked for ℓ at `exponentsOf` these potentials
 */
export function scorePotentials(
  potentials: readonly Potential[],
  measures: readonly DeltaCdf[],
  used: number,
  pairs: ContinuumPairs,
  likelihoodPairs: ContinuumPairs,
  estimate: Estimate,
): PotentialScore[] {
  const { logLikelihoods } = estimate;
  const exponents = exponentsOf(potentials);
  const rows = potentials.map((potential, k) => {
    const measure = measures[k];
    const logLikelihood =
      potential.exponent === null
        ? logLikelihoods && logLikelihoodOf(potential, likelihoodPairs, arraysOf(likelihoodPairs))
        : logLikelihoods
          ? logLikelihoods[exponents.indexOf(potential.exponent)]
          : profileAt(estimate, potential.exponent);
    return {
      name: potential.name,
      exponent: potential.exponent,
      deltaCdf: measure.status === "ok" ? measure.uncentred : null,
      deltaCdfCentred: measure.status === "ok" ? measure.centred : null,
      deltaCdfFloor: DELTA_CDF_FLOOR.uncentred / Math.sqrt(used),
      deltaCdfStatus: measure.status,
      changeMagnitude:
        measure.status === "ok" && Number.isFinite(measure.magnitude) ? measure.magnitude : null,
      logLikelihood: logLikelihood !== null && Number.isFinite(logLikelihood) ? logLikelihood : null,
      inside: isInsideInterval(potential, pairs, estimate),
    };
  });
  const best = Math.max(...rows.map((row) => row.logLikelihood ?? Number.NEGATIVE_INFINITY));
  const relative = rows.map((row) =>
    row.logLikelihood === null ? null : Math.exp(row.logLikelihood - best),
  );
  const total = relative.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  // With noise a potential off the continuum, or beyond the curve, has not been judged: no weight is not a weight of 0.
  const judged = (row: (typeof rows)[number]) => logLikelihoods !== null || row.logLikelihood !== null;
  return rows.map((row, k) => ({
    ...row,
    weight: judged(row) ? weightOf(relative[k], total, row.logLikelihood, best) : null,
  }));
}

/** A potential that cannot have made these pairs has weight 0; without any likelihood there is no weight. */
function weightOf(
  relative: number | null,
  total: number,
  logLikelihood: number | null,
  best: number,
): number | null {
  if (!Number.isFinite(best)) return null;
  return logLikelihood === null || relative === null ? 0 : relative / total;
}

/** Weights in the unit of the file, rebuilt from their logarithms. */
function arraysOf(pairs: ContinuumPairs) {
  const initial = pairs.logInitial.map((value, k) => pairs.sign[k] * Math.exp(value + pairs.logScale));
  const final = initial.map(
    (weight, k) => (pairs.flipped[k] === 1 ? -1 : 1) * weight * Math.exp(pairs.logRatio[k]),
  );
  return { initial, final };
}

/** d_i under any potential; null where a weight lies outside its domain. */
function changesUnder(
  potential: Potential,
  { initial, final }: { readonly initial: Float64Array; readonly final: Float64Array },
): Float64Array | null {
  const inside = (weight: number) => isInside(potential.domain, weight);
  if (!initial.every(inside) || !final.every(inside)) return null;
  return initial.map((weight, k) => potential.dualChange(weight, final[k]));
}

function logLikelihoodOf(
  potential: Potential,
  pairs: ContinuumPairs,
  arrays: ReturnType<typeof arraysOf>,
): number | null {
  const changes = changesUnder(potential, arrays);
  if (changes === null) return null;
  let logJacobian = 0;
  for (let g = 0; g + 1 < pairs.groupStart.length; g++) {
    const [from, to] = [pairs.groupStart[g], pairs.groupStart[g + 1]];
    if (to - from < SMALLEST_GROUP) continue;
    for (let k = from; k < to; k++)
      logJacobian += Math.log(potential.curvature(arrays.final[k])) + pairs.logScale;
  }
  return studentLikelihood(pairs).of(changes, logJacobian);
}

/** ℓ between two points of the curve, linearly: the noise-aware likelihoods are too slow to be taken again. */
function profileAt({ likelihood }: Estimate, exponent: number): number | null {
  const { profile } = likelihood;
  const right = profile.findIndex((point) => point.exponent >= exponent - 1e-9);
  if (right < 0) return null;
  const [a, b] = [profile[Math.max(0, right - 1)], profile[right]];
  if (Math.abs(b.exponent - exponent) < 1e-9) return b.logLikelihood;
  if (right === 0 || a.logLikelihood === null || b.logLikelihood === null) return null;
  const share = (exponent - a.exponent) / (b.exponent - a.exponent);
  return a.logLikelihood + share * (b.logLikelihood - a.logLikelihood);
}

function isInsideInterval(
  potential: Potential,
  pairs: ContinuumPairs,
  { exponent, critical, scores }: Estimate,
): boolean {
  if (exponent.estimate === null) return false;
  if (potential.exponent !== null) {
    const aboveLow = exponent.low === null || potential.exponent >= exponent.low;
    return aboveLow && (exponent.high === null || potential.exponent <= exponent.high);
  }
  // Off the continuum only the independence test itself can say it, and it knows nothing of noise.
  if (!Number.isFinite(critical)) return false;
  const changes = changesUnder(potential, arraysOf(pairs));
  return changes !== null && Math.abs(independenceTest(pairs, scores).of(changes)) <= critical;
}
