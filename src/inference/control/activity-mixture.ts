/** The exponent when only some synapses take part and size decides which: a mixture, its other part tied to the control. */

import { logGamma } from "../special-functions.ts";
import type { ControlPairs, SizedPairs } from "./control-pairs.ts";
import type { ControlScale } from "./control-scale.ts";
import { dualChange } from "./dual-step.ts";
import {
  maximiseStacked,
  type StackedLikelihood,
  type StackedMaximum,
  stackedErrors,
} from "./stacked-likelihood.ts";

/** What every likelihood with a control reports. */
export interface LikelihoodWithControl {
  readonly estimate: number;
  readonly standardError: number;
  readonly law: "gaussian" | "student-4";
  readonly logLikelihood: number;
  /** b̂ of ln odds of taking part = a + b (ln w⁰ − mean), with its error; null where all take part. */
  readonly selectivity: { readonly estimate: number; readonly standardError: number } | null;
  /** θ̂ */
  readonly point: readonly number[];
  /** How far each pair (learning, then control) moves λ̂; null where the likelihood has no peak. */
  readonly influence: Float64Array | null;
}

export const LAWS = ["gaussian", "student-4"] as const;
const START_EXPONENTS = [0, 1] as const;
const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);
const LOG_STUDENT_4 = logGamma(2.5) - logGamma(2) - 0.5 * Math.log(4 * Math.PI);
/** ln of a density that stands for none: a pair that a component cannot have made. */
const NEVER = -700;

/** ln f(z) of the law of the change. */
function logLaw(law: "gaussian" | "student-4", z: number): number {
  return law === "gaussian" ? -LOG_ROOT_TWO_PI - 0.5 * z * z : LOG_STUDENT_4 - 2.5 * Math.log1p(0.25 * z * z);
}

/** ln(e^a + e^b) without overflow. */
export function logSum(a: number, b: number): number {
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** ln π and ln(1 − π) of odds e^x. */
export function logShare(x: number): number {
  return x > 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x));
}

/**
 * λ̂ of those that take part.
 *
 * learning: π_i f((d_i(λ) − μ)/σ)/σ·w¹^{λ−1} + (1 − π_i) φ(d_i(λ₀)/σ₀)/σ₀·w¹^{λ₀−1}, logit π_i = a + b (ln w⁰_i − mean);
 * control: φ(d_i(λ₀)/σ₀)/σ₀·w¹^{λ₀−1}; f Gaussian or t₄, whichever is likelier.
 * θ = (λ, μ, ln σ, a, b, λ₀, ln σ₀). Without a control the mixture falls apart where all take part, and is not offered.
 */
export function activityMixture(pairs: ControlPairs, scale: ControlScale): LikelihoodWithControl {
  const fits = LAWS.map((law) => {
    const likelihood = mixtureLikelihood(pairs, law);
    const starts = START_EXPONENTS.map((exponent) =>
      maximiseStacked(likelihood, startPoint(pairs.learning, exponent, scale)),
    );
    return { law, likelihood, best: starts.reduce((a, b) => (b.value > a.value ? b : a)) };
  });
  return likelierFit(fits, pairs, 4);
}

/** One law, fitted. */
export interface LawFit {
  readonly law: "gaussian" | "student-4";
  readonly likelihood: StackedLikelihood;
  readonly best: StackedMaximum;
}

/** The likelier of the laws with its errors; `slope` is the place of b among the parameters, null where all take part. */
export function likelierFit(
  fits: readonly LawFit[],
  pairs: ControlPairs,
  slope: number | null,
): LikelihoodWithControl {
  const { law, likelihood, best } = fits.reduce((a, b) => (b.best.value > a.best.value ? b : a));
  const { errors, influence } = stackedErrors(likelihood, best.point, pairs);
  return {
    estimate: best.point[0],
    standardError: errors[0],
    law,
    logLikelihood: best.value,
    selectivity: slope === null ? null : { estimate: best.point[slope], standardError: errors[slope] },
    point: best.point,
    influence,
  };
}

/** Those whose change exceeds three SDs of the control's begin as the ones that take part. */
function startPoint(learning: SizedPairs, exponent: number, scale: ControlScale): number[] {
  let [sum, squares, active] = [0, 0, 0];
  for (let i = 0; i < learning.count; i++) {
    const quiet = scale.scale * Math.exp((1 - scale.exponent) * learning.logSize[i]);
    const change = dualChange(learning.initial[i], learning.final[i], exponent);
    if (Math.abs(learning.change[i]) < 3 * quiet || !Number.isFinite(change)) continue;
    sum += change;
    squares += change * change;
    active++;
  }
  const share = Math.min(0.95, Math.max(0.05, active / learning.count));
  const mean = active > 2 ? sum / active : 0;
  const spread = active > 2 ? Math.sqrt(Math.max(1e-12, squares / active - mean * mean)) : 3 * scale.scale;
  return [
    exponent,
    mean,
    Math.log(spread),
    Math.log(share / (1 - share)),
    0,
    scale.exponent,
    Math.log(scale.scale),
  ];
}

/** Probability that each learning pair took part, given its change, under a fitted mixture. */
export function activityOf({ learning }: ControlPairs, { law, point }: LikelihoodWithControl): Float64Array {
  const [exponent, mean, logSpread, a, b, quietExponent, quietScale] = point;
  const meanLog = meanOf(learning.logSize);
  return learning.logSize.map((logSize, i) => {
    const odds = a + b * (logSize - meanLog);
    const logEnd = Math.log(Math.abs(learning.final[i]));
    const active = logShare(odds) + logActive(learning, i, logEnd, law, exponent, mean, logSpread);
    const rest = logShare(-odds) + logActive(learning, i, logEnd, "gaussian", quietExponent, 0, quietScale);
    return Math.exp(active - logSum(active, rest));
  });
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** ln f((d(λ) − μ)/σ)/σ·w¹^{λ−1} */
function logActive(
  { initial, final }: SizedPairs,
  i: number,
  logEnd: number,
  law: "gaussian" | "student-4",
  exponent: number,
  mean: number,
  logSpread: number,
): number {
  const change = dualChange(initial[i], final[i], exponent);
  if (!Number.isFinite(change)) return NEVER;
  const z = (change - mean) * Math.exp(-logSpread);
  return Math.max(NEVER, logLaw(law, z) - logSpread + (exponent - 1) * logEnd);
}

function mixtureLikelihood(
  { learning, control }: ControlPairs,
  law: "gaussian" | "student-4",
): StackedLikelihood {
  const meanLog = meanOf(learning.logSize);
  const logFinal = [learning, control].map(({ final }) => final.map((w) => Math.log(Math.abs(w))));
  return {
    count: learning.count + control.count,
    low: [-2.5, -20, -12, -8, -12, -2.5, -15],
    high: [5.5, 20, 5, 8, 12, 5, 5],
    contributions: ([exponent, mean, logSpread, a, b, quietExponent, quietScale], out) => {
      for (let i = 0; i < learning.count; i++) {
        const odds = a + b * (learning.logSize[i] - meanLog);
        const active = logActive(learning, i, logFinal[0][i], law, exponent, mean, logSpread);
        const rest = logActive(learning, i, logFinal[0][i], "gaussian", quietExponent, 0, quietScale);
        out[i] = logSum(logShare(odds) + active, logShare(-odds) + rest);
      }
      for (let i = 0; i < control.count; i++) {
        const still = logActive(control, i, logFinal[1][i], "gaussian", quietExponent, 0, quietScale);
        out[learning.count + i] = still;
      }
    },
  };
}
