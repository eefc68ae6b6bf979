/** λ of learning by every method that sees the control, each with its interval. */

import type { Random } from "../../random.ts";
import { influenceBootstrap } from "../cluster-bootstrap.ts";
import { drawnPositions } from "../estimate.ts";
import { EXPONENT_RANGE } from "../rank-independence.ts";
import { normalQuantile } from "../special-functions.ts";
import { activityMixture, type LikelihoodWithControl } from "./activity-mixture.ts";
import { controlBootstrap } from "./control-bootstrap.ts";
import type { ControlEstimate, ControlMethod, Selectivity } from "./control-fit.ts";
import { type ControlPairs, gatherSized, type SizedPairs } from "./control-pairs.ts";
import { controlScale } from "./control-scale.ts";
import { convolutionWithControl } from "./convolution.ts";
import {
  MOST_TRUNCATED_PAIRS,
  type TruncatedIndependence,
  truncatedExponentNear,
  truncatedIndependence,
} from "./truncated-independence.ts";
import {
  type VarianceWithControl,
  varianceExponentNear,
  varianceWithControl,
} from "./variance-with-control.ts";

const VARIANCE_PAIRS = 20_000;
const CONVOLUTION_PAIRS = 2000;
const MIXTURE_PAIRS = 5000;
/** λ̂ beyond which the variance function is biased towards 1 by more than its interval shows. */
export const FIRST_ORDER_LIMIT = 1.3;
/** Factors on sandwich errors that are too short at the sizes of real data: docs/calibration.md has the coverage with them. */
const ERROR_FACTORS = { convolution: 1.15, "convolution-mixture": 1.3, "activity-mixture": 1.15 } as const;
/** Beyond the limit of the first order, where weights cross zero, the errors of the convolution are two to three times too short. */
const FURTHER_FACTOR = 3;

/** What the sandwich error of an estimate is multiplied by. */
export function errorFactor(name: keyof typeof ERROR_FACTORS, estimate: number): number {
  return name !== "activity-mixture" && estimate > FIRST_ORDER_LIMIT ? FURTHER_FACTOR : ERROR_FACTORS[name];
}

/** Twice the gain in log-likelihood beyond which not all synapses take part: χ² with 2 degrees of freedom at 2 %. */
const SELECTIVE_RATIO = 7.8;

const CONTROL_METHOD_WORDS: { readonly [M in ControlMethod]: string } = {
  "variance-function": "variance function with control",
  convolution: "convolution likelihood with control",
  "convolution-mixture": "convolution likelihood with control, some synapses inactive",
  "truncated-independence": "truncated independence",
  "activity-mixture": "mixture tied to the control",
};

export interface ControlEstimateOptions {
  readonly level: number;
  readonly resamples: number;
  readonly random: Random;
  onProgress?(label: string): void;
}

export interface ControlEstimates {
  readonly estimates: readonly ControlEstimate[];
  readonly variance: VarianceWithControl;
  readonly truncated: TruncatedIndependence;
  readonly selectivity: Selectivity | null;
}

/** At most 20,000 pairs of a group for the variance function, 2,000 for the convolution, 5,000 for the others. */
export function controlEstimates(pairs: ControlPairs, options: ControlEstimateOptions): ControlEstimates {
  const { level, random, onProgress } = options;
  const thinned = (most: number, name: string) => thinControl(pairs, most, random.stream(`thin ${name}`));
  onProgress?.("variance function with control");
  const forVariance = thinned(VARIANCE_PAIRS, "variance");
  const variance = varianceWithControl(forVariance, level);
  const forTest = thinned(MOST_TRUNCATED_PAIRS, "truncated");
  const scale = controlScale(forTest.control);
  onProgress?.("truncated independence");
  const truncated = truncatedIndependence(forTest.learning, scale, level);
  onProgress?.("mixture tied to the control");
  const forMixture = thinned(MIXTURE_PAIRS, "mixture");
  const mixture = activityMixture(forMixture, scale);
  onProgress?.("convolution likelihood");
  const forConvolution = thinned(CONVOLUTION_PAIRS, "convolution");
  const convolution = convolutionWithControl(forConvolution, variance, false);
  onProgress?.("convolution likelihood with inactive synapses");
  const selective = convolutionWithControl(forConvolution, variance, true);
  return {
    estimates: [
      varianceEstimate(forVariance, variance, options),
      likelihoodEstimate("convolution", forConvolution, convolution, options),
      likelihoodEstimate("convolution-mixture", forConvolution, selective, options),
      truncatedEstimate(forTest, truncated, options),
      likelihoodEstimate("activity-mixture", forMixture, mixture, options),
    ],
    variance,
    truncated,
    selectivity: selectivityOf(convolution, selective, level),
  };
}

function thinControl(pairs: ControlPairs, most: number, random: Random): ControlPairs {
  const thin = (group: SizedPairs, name: string) =>
    group.count <= most ? group : gatherSized(group, drawnPositions(group.count, most, random.stream(name)));
  return { ...pairs, learning: thin(pairs.learning, "learning"), control: thin(pairs.control, "control") };
}

/** An end beyond the exponents looked at is open. */
function endOf(value: number | null): number | null {
  return value === null || value < EXPONENT_RANGE.low || value > EXPONENT_RANGE.high ? null : value;
}

function methodWords(name: ControlMethod, how: string): string {
  return `${CONTROL_METHOD_WORDS[name]}, ${how} interval`;
}

const BOOTSTRAP = "whole-cluster bootstrap";

function varianceEstimate(
  pairs: ControlPairs,
  found: VarianceWithControl,
  options: ControlEstimateOptions,
): ControlEstimate {
  const name = "variance-function";
  const { level } = options;
  const interval = bootstrapOf(pairs, found.estimate, name, options, (resampled) =>
    varianceExponentNear(resampled, found.parameters),
  );
  return {
    name,
    estimate: found.estimate,
    low: endOf(interval ? interval.low : found.low),
    high: endOf(interval ? interval.high : found.high),
    level,
    method: methodWords(name, interval ? BOOTSTRAP : "sandwich-scaled profile"),
    standardError: Number.isFinite(found.standardError) ? found.standardError : null,
    law: null,
    logLikelihood: null,
    resamples: interval?.resamples ?? 0,
    calibrated: found.estimate <= FIRST_ORDER_LIMIT,
  };
}

function truncatedEstimate(
  pairs: ControlPairs,
  found: TruncatedIndependence,
  options: ControlEstimateOptions,
): ControlEstimate {
  const name = "truncated-independence";
  const { estimate } = found;
  // An interval that is open without clusters is not closed by them.
  const interval =
    estimate === null || found.low === null || found.high === null
      ? null
      : bootstrapOf(pairs, estimate, name, options, (resampled) =>
          truncatedExponentNear(resampled.learning, controlScale(resampled.control), found.bound, estimate),
        );
  return {
    name,
    estimate,
    low: endOf(interval ? interval.low : found.low),
    high: endOf(interval ? interval.high : found.high),
    level: options.level,
    method: methodWords(name, interval ? BOOTSTRAP : "test-inversion"),
    standardError: null,
    law: null,
    logLikelihood: null,
    resamples: interval?.resamples ?? 0,
    calibrated: true,
  };
}

/** The bootstrap of whole clusters; null where pairs are independent. */
function bootstrapOf(
  pairs: ControlPairs,
  estimate: number,
  name: ControlMethod,
  { level, resamples, random, onProgress }: ControlEstimateOptions,
  estimateOf: (resampled: ControlPairs) => number | null,
) {
  if (pairs.clusterCount === 0) return null;
  return controlBootstrap(pairs, estimate, estimateOf, {
    level,
    resamples,
    random: random.stream(`clusters ${name}`),
    onResample: () => onProgress?.("cluster bootstrap"),
  });
}

function likelihoodEstimate(
  name: "convolution" | "convolution-mixture" | "activity-mixture",
  pairs: ControlPairs,
  found: LikelihoodWithControl,
  { level, resamples, random }: ControlEstimateOptions,
): ControlEstimate {
  const { standardError, influence } = found;
  const estimate = endOf(found.estimate);
  const factor = errorFactor(name, found.estimate);
  const half = normalQuantile(0.5 + level / 2) * factor * standardError;
  const known = estimate !== null && Number.isFinite(half);
  const interval =
    known && influence !== null && pairs.clusterCount > 0
      ? influenceBootstrap(
          { cluster: clustersOf(pairs), clusterCount: pairs.clusterCount },
          estimate,
          influence.map((value) => factor * value),
          { level, resamples, random: random.stream(`clusters ${name}`) },
        )
      : null;
  return {
    name,
    estimate,
    low: endOf(interval ? interval.low : known ? estimate - half : null),
    high: endOf(interval ? interval.high : known ? estimate + half : null),
    level,
    method: methodWords(name, interval ? `${BOOTSTRAP} (by influence)` : "sandwich"),
    standardError: known ? standardError : null,
    law: found.law,
    logLikelihood: found.logLikelihood,
    resamples: interval?.resamples ?? 0,
    // Beyond the limit only the convolution with all synapses active has been simulated.
    calibrated: known && (found.estimate <= FIRST_ORDER_LIMIT || name === "convolution"),
  };
}

/** The cluster of each pair, learning first. */
function clustersOf({ learning, control }: ControlPairs): Int32Array {
  const joined = new Int32Array(learning.count + control.count);
  joined.set(learning.cluster ?? [], 0);
  joined.set(control.cluster ?? [], learning.count);
  return joined;
}

function selectivityOf(
  all: LikelihoodWithControl,
  some: LikelihoodWithControl,
  level: number,
): Selectivity | null {
  if (some.selectivity === null || !Number.isFinite(some.selectivity.standardError)) return null;
  const { estimate, standardError } = some.selectivity;
  const half =
    normalQuantile(0.5 + level / 2) * errorFactor("convolution-mixture", some.estimate) * standardError;
  const likelihoodRatio = 2 * (some.logLikelihood - all.logLikelihood);
  return {
    estimate,
    low: estimate - half,
    high: estimate + half,
    likelihoodRatio,
    detected: likelihoodRatio > SELECTIVE_RATIO,
  };
}
