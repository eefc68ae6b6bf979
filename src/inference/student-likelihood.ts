/** The exponent by likelihood: Student-t dual changes, with the Jacobian that makes geometries comparable. */

import { type ContinuumPairs, dualChangesAt } from "./dual-continuum.ts";
import type { LikelihoodEstimate } from "./geometry-fit.ts";
import { estimateByProfile, type ProfileLikelihood } from "./profile-likelihood.ts";
import {
  DEGREES_OF_FREEDOM,
  fitStudent,
  SMALLEST_GROUP,
  type StudentFit,
  studentLogDensities,
} from "./student-law.ts";

const CURVE = { range: { low: -1.5, high: 4 }, step: 0.1, tolerance: 1e-5 } as const;

/**
 * Profile log-likelihood of the final given the initial weights.
 *
 * ℓ(λ) = max_{μ,σ,ν} Σ_i [ln f_ν((d_i(λ) − μ_g)/σ_g) − ln σ_g] + (λ − 1) Σ_i ln|w¹_i|, weights over their geometric mean;
 * −∞ where a sign changed and λ ≤ 0.
 *
 * @see Box & Cox 1964, doi:10.1111/j.2517-6161.1964.tb00553.x
 */
export interface StudentLikelihood extends ProfileLikelihood {
  /** The fitted law at an exponent; null where the likelihood is 0. */
  fitAt(exponent: number): StudentFit | null;
  /** ℓ of given dual changes, with Σ ln φ″(w¹) in the unit of weights over their geometric mean. */
  of(changes: Float64Array, logJacobian: number): number;
}

export function studentLikelihood(pairs: ContinuumPairs): StudentLikelihood {
  const { count, groupStart, cluster, clusterCount } = pairs;
  const changes = new Float64Array(count);
  const anyFlip = pairs.flipped.includes(1);
  const logFinal = pairs.logInitial.map((value, k) => value + pairs.logRatio[k]);
  // A group without a density must not add its Jacobian either.
  for (let g = 0; g + 1 < groupStart.length; g++) {
    if (groupStart[g + 1] - groupStart[g] < SMALLEST_GROUP)
      logFinal.fill(0, groupStart[g], groupStart[g + 1]);
  }
  const logFinalSum = logFinal.reduce((sum, value) => sum + value, 0);
  // Neighbouring exponents have nearly the same location and scale: EM then needs a few steps instead of thirty.
  let last: readonly StudentFit[] = [];
  const bestFit = (values: Float64Array) => {
    last = DEGREES_OF_FREEDOM.map((dof, k) => fitStudent(values, groupStart, dof, last[k]));
    return last.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  };
  const fitAt = (exponent: number) =>
    anyFlip && exponent <= 0 ? null : bestFit(dualChangesAt(pairs, exponent, changes));
  return {
    count,
    cluster,
    clusterCount,
    fitAt,
    of: (values, logJacobian) => {
      last = [];
      return bestFit(values).logLikelihood + logJacobian;
    },
    at: (exponent) => {
      const fit = fitAt(exponent);
      return fit === null ? Number.NEGATIVE_INFINITY : fit.logLikelihood + (exponent - 1) * logFinalSum;
    },
    contributionsNear: (estimate) => {
      const dof = fitAt(estimate)?.degreesOfFreedom ?? Number.POSITIVE_INFINITY;
      return (exponent, out) => {
        dualChangesAt(pairs, exponent, changes);
        studentLogDensities(changes, groupStart, fitStudent(changes, groupStart, dof), out);
        for (let k = 0; k < count; k++) out[k] += (exponent - 1) * logFinal[k];
      };
    },
  };
}

/** What is asked of the likelihood of some pairs: plain data. */
export interface LikelihoodQuestion {
  readonly pairs: ContinuumPairs;
  readonly level: number;
  /** Those at which ℓ is wanted beside the estimate. */
  readonly exponents: readonly number[];
}

export interface LikelihoodAnswer {
  readonly estimate: LikelihoodEstimate;
  /** ℓ at each exponent asked for; −∞ where it is impossible. */
  readonly logLikelihoods: readonly number[];
}

export function answerOfLikelihood({ pairs, level, exponents }: LikelihoodQuestion): LikelihoodAnswer {
  const estimate = likelihoodExponent(pairs, level);
  // Its own likelihood: where the search has been must not move the last digits.
  const { at } = studentLikelihood(pairs);
  return { estimate, logLikelihoods: exponents.map((exponent) => at(exponent)) };
}

/** λ̂ with its interval, widened for a wrong law and for clusters, and the profile curve. */
export function likelihoodExponent(pairs: ContinuumPairs, level: number): LikelihoodEstimate {
  const likelihood = studentLikelihood(pairs);
  const found = estimateByProfile(likelihood, { ...CURVE, level });
  const dof = found.estimate === null ? null : (likelihood.fitAt(found.estimate)?.degreesOfFreedom ?? null);
  return {
    estimate: found.estimate,
    low: found.low,
    high: found.high,
    degreesOfFreedom: dof !== null && Number.isFinite(dof) ? dof : null,
    cutoffFactor: found.cutoffFactor,
    method: "Student-t likelihood with Jacobian",
    profile: found.profile,
  };
}
