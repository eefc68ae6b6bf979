/** What a group without learning adds to the answer. */

import type { ExponentEstimate, SizeBin } from "../geometry-fit.ts";
import type { PairCounts } from "../paired-weights.ts";

/** The methods that see the control, in the order in which they are reported. */
export type ControlMethod =
  | "variance-function"
  | "convolution"
  | "convolution-mixture"
  | "truncated-independence"
  | "activity-mixture";

/** λ of learning by one method. */
export interface ControlEstimate extends ExponentEstimate {
  readonly name: ControlMethod;
  /** Sandwich standard error, over clusters where there are any; null for a test, which has none. */
  readonly standardError: number | null;
  /** Law of the change of learning, where the method has one: the likelier of the two. */
  readonly law: "gaussian" | "student-4" | null;
  readonly logLikelihood: number | null;
  /** Resamples of whole clusters behind the interval; 0 where pairs are independent. */
  readonly resamples: number;
  /** Whether the calibration suite shows that the interval holds what it says for estimates like this. */
  readonly calibrated: boolean;
}

/** b of ln odds of taking part = a + b·(ln w⁰ − mean): below 0 where small synapses take part more often. */
export interface Selectivity {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** 2(ℓ_mixture − ℓ_all): beyond 7.8 not all synapses take part. */
  readonly likelihoodRatio: number;
  readonly detected: boolean;
}

export interface ControlFit {
  readonly source: string;
  /** Pairs of the control. */
  readonly pairs: PairCounts;
  /** Share of the variance of the change that learning adds, mean over the learning group. */
  readonly learningShare: number;
  /** λ as if there were no control: learning, fluctuation and noise together. */
  readonly withoutControl: ExponentEstimate;
  readonly estimates: readonly ControlEstimate[];
  /** The method that the verdict rests on; null where nothing can be said. */
  readonly headline: ControlMethod | null;
  readonly selectivity: Selectivity | null;
  /** λ of the control's own change, fluctuation and noise together. */
  readonly fluctuation: ExponentEstimate;
  /** λ of the mean change beyond the control's. */
  readonly meanChange: ExponentEstimate;
  /** Var(δ|w) = additive + multiplicative·w² + learning·w^(2(1−exponent)), in the unit of the weights. */
  readonly variance: {
    readonly exponent: number;
    readonly learning: number;
    readonly additive: number;
    readonly multiplicative: number;
  };
  /** Synapses that changed more than any without learning would, and the bound in SDs of the control. */
  readonly exceedances: { readonly count: number; readonly bound: number };
  /** Initial sizes below a fiftieth of the geometric mean, taken as that in variance functions. */
  readonly smallSizes: number;
  readonly changeBySize: readonly SizeBin[];
  /** Clusters of both groups; null where pairs are independent. */
  readonly clusters: number | null;
}
