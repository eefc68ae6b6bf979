/**
 * The answer: which geometry, with what certainty, and everything that a reader needs to doubt it.
 *
 * Plain readonly data; `JSON.stringify` of it is what `syngeo infer --json` prints. A number that does not exist is null.
 */

import type { ControlFit } from "./control/control-fit.ts";
import type { PairCounts } from "./paired-weights.ts";

export const FIT_SCHEMA = "syngeo.infer/1";

/** λ with its interval. An end that is null lies beyond the range of exponents looked at (−2 … 5). */
export interface ExponentEstimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Confidence level of the interval, such as 0.95. */
  readonly level: number;
  /** Words for the methods paragraph, such as "rank independence, permutation interval". */
  readonly method: string;
}

export interface ProfilePoint {
  readonly exponent: number;
  /** Profile log-likelihood of the final given the initial weights, natural logarithm; null where it is −∞. */
  readonly logLikelihood: number | null;
}

export interface LikelihoodEstimate {
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** ν of the Student-t law of the dual change; null means Gaussian (ν = ∞). */
  readonly degreesOfFreedom: number | null;
  /** The factor ≥ 1 by which the likelihood-ratio cut-off was widened (sandwich: score variance over curvature). */
  readonly cutoffFactor: number | null;
  readonly method: string;
  readonly profile: readonly ProfilePoint[];
}

export interface PotentialScore {
  readonly name: string;
  /** λ of the potential; null where it is not on the continuum. */
  readonly exponent: number | null;
  /** The paper's measure; null with `deltaCdfStatus` saying why. */
  readonly deltaCdf: number | null;
  readonly deltaCdfCentred: number | null;
  /** Expected ΔCDF of as many exact N(0, 1) draws, uncentred. */
  readonly deltaCdfFloor: number | null;
  readonly deltaCdfStatus: "ok" | "no-change" | "outside-domain";
  /** ‖∇φ(w¹) − ∇φ(w⁰)‖ / ‖∇φ(w⁰)‖. */
  readonly changeMagnitude: number | null;
  readonly logLikelihood: number | null;
  /** exp(log-likelihood) normalised over the potentials listed. */
  readonly weight: number | null;
  /** Whether the potential is inside the headline interval. */
  readonly inside: boolean;
}

export interface NoiseSensitivity {
  readonly kind: "additive" | "multiplicative";
  /** Share of the mean size (additive) or of each size (multiplicative). */
  readonly share: number;
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly status: "ok" | "change-within-noise" | "no-estimate";
}

export interface NoiseReport {
  /** SD of one reading that does not depend on size, in the unit of the weights; null when not known. */
  readonly additive: number | null;
  /** SD of one reading as a share of size; null when not known. */
  readonly multiplicative: number | null;
  readonly source: "given" | "repeats" | "none";
  /** How λ was estimated under the noise; null without noise. */
  readonly method: "latent-grid" | "variance-function" | null;
  /** RMS weight change over the RMS difference that two readings of an unchanged weight have; null without noise. */
  readonly changeOverNoise: number | null;
  /** What the headline would become if there were noise; empty when noise is known or this was not asked for. */
  readonly sensitivity: readonly NoiseSensitivity[];
}

/** SD of the weight change in one bin of initial size. */
export interface SizeBin {
  /** Geometric mean of |w⁰| in the bin, in the unit of the weights. */
  readonly size: number;
  readonly pairs: number;
  readonly mean: number;
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
  /** 1/deviation over its median bin: the curvature φ″ up to a factor. */
  readonly curvature: number;
}

export type VerdictStatus = "decided" | "undecided" | "none" | "misfit" | "unidentifiable";

export interface Verdict {
  /** The named potential; null unless decided. */
  readonly potential: string | null;
  readonly status: VerdictStatus;
  /** Named potentials inside the interval. */
  readonly candidates: readonly string[];
  readonly statement: string;
  /** What would decide it, or what to do next; empty when nothing is open. */
  readonly advice: string;
}

export interface GroupFit {
  readonly name: string;
  readonly pairs: number;
  readonly exponent: ExponentEstimate;
  readonly likelihood: LikelihoodEstimate;
  readonly potentials: readonly PotentialScore[];
  readonly verdict: Verdict;
}

/** Result of a significance test. */
export interface TestResult {
  readonly statistic: number;
  readonly degreesOfFreedom: number | null;
  readonly pValue: number;
}

export interface Diagnostics {
  /** Spearman correlation of final with initial weights, within groups: near 0 when pairs are shuffled. */
  readonly pairing: { readonly signed: number; readonly magnitude: number; readonly related: boolean };
  /** SD of ln|w⁰| within groups: what makes a geometry visible. */
  readonly logSizeDeviation: number;
  /** At λ̂: does what remains of the dual change still depend on size? */
  readonly remainingDependence: {
    readonly location: TestResult;
    readonly spread: TestResult;
    /** The larger of the two as a share of the rank variance. */
    readonly shareExplained: number;
    /** Rank correlation of the dual change with the initial weight: negative when large weights fell and small ones rose. */
    readonly trend: number;
  } | null;
  /** Sign flips against what noise explains. */
  readonly flips: { readonly observed: number; readonly expected: number; readonly pValue: number | null };
  /** Do the groups share one exponent? null with fewer than two groups. */
  readonly groupAgreement: TestResult | null;
  /** Kurtosis of the standardised dual change at λ̂ (3 for a Gaussian). */
  readonly kurtosis: number | null;
  /** Anderson–Darling statistic of the standardised dual change at λ̂ against N(0, 1). */
  readonly andersonDarling: number | null;
  /** About how many pairs would separate neighbours 0.5 apart in λ with 80 % power. */
  readonly pairsNeeded: number | null;
}

export interface GeometryFit {
  readonly schema: typeof FIT_SCHEMA;
  readonly source: string;
  readonly pairs: PairCounts;
  /** λ, the headline: of learning alone where there is a control (by the first method where none may speak). */
  readonly exponent: ExponentEstimate;
  readonly likelihood: LikelihoodEstimate;
  readonly potentials: readonly PotentialScore[];
  readonly noise: NoiseReport;
  /** Mean over SD of the dual change at λ̂ (at the nearest exponent of the range if there is none), within groups. */
  readonly drift: number | null;
  readonly groups: readonly GroupFit[];
  readonly clusters: { readonly count: number; readonly resamples: number } | null;
  readonly changeBySize: readonly SizeBin[];
  readonly diagnostics: Diagnostics;
  /** How many pairs the estimators saw where that is fewer than `pairs.used`; null when they saw all. */
  readonly subsample: { readonly rank: number; readonly likelihood: number } | null;
  /** What a group without learning adds; null without one. */
  readonly control: ControlFit | null;
  readonly seed: number;
  readonly verdict: Verdict;
}
