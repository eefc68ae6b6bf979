/** The exponent of learning from variances: what a group that learned has beyond one that did not. */

import { EXPONENT_RANGE } from "../rank-independence.ts";
import { rootFrom } from "../root.ts";
import { normalQuantile } from "../special-functions.ts";
import type { ControlPairs, SizedPairs } from "./control-pairs.ts";
import { clusterMeat } from "./sandwich.ts";
import { type Bounds, maximiseByScoring, type Scored, type ScoredMaximum } from "./scoring.ts";
import { invertPositive, solvePositive, zeros } from "./small-matrix.ts";

/** Var(δ|w⁰) = A + C w⁰² + S² w⁰^(2(1−λ)), weights over their geometric mean; without the last term in the control. */
export interface VarianceParameters {
  readonly exponent: number;
  /** S² */
  readonly learning: number;
  /** A */
  readonly additive: number;
  /** C */
  readonly multiplicative: number;
}

export interface VarianceWithControl {
  readonly estimate: number;
  /** Ends of the interval; null where it is open within the exponents looked at. */
  readonly low: number | null;
  readonly high: number | null;
  /** Sandwich standard error of λ̂ (of clusters where there are any). */
  readonly standardError: number;
  /** max(1, (sandwich error / model error)²): how much the cut-off of the profile was raised. */
  readonly cutoffFactor: number;
  readonly parameters: VarianceParameters;
  /** Mean of S² w^(2(1−λ)) / Var(δ|w⁰) over the learning group. */
  readonly learningShare: number;
  /** E δ = β₁ + β₂ w + β₃ w ln w of the learning group. */
  readonly learningMean: readonly number[];
  /** E δ = β₁ + β₂ w of the control. */
  readonly controlMean: readonly number[];
}

const ROUNDS = 3;
const START_EXPONENTS = [0, 1, 2] as const;
const INTERVAL_TOLERANCE = 1e-3;
/** A variance component smaller than this share of the whole is as good as absent. */
const SMALLEST_COMPONENT = 1e-7;
const EXPONENT_BOUNDS = { low: -3, high: 6 } as const;

/** What the quasi-likelihood sees of a group: sizes and squared residuals. */
interface Residuals {
  readonly logSize: Float64Array;
  readonly size: Float64Array;
  readonly squares: Float64Array;
}

interface Means {
  readonly learning: readonly number[];
  readonly control: readonly number[];
}

/**
 * λ̂ from the variance function with a control group.
 *
 * learning: E δ = (1, w, w ln w)·β_L, Var(δ|w) = A + C w² + S² w^{2(1−λ)}; control: E δ = (1, w)·β_C, Var(δ|w) = A + C w²;
 * Q = −½ Σ_{both groups} [ln V_i + r_i²/V_i], r the residual times √(n/(n − p)); w the measured initial size, in both groups,
 * so that measurement noise in it cancels. Means by weighted least squares and Q by Fisher scoring, in three rounds.
 * Interval {λ : Q_max − Q_profile(λ) ≤ ½ z² c}, c the sandwich factor, over clusters where there are any.
 * Good for λ between 0 and 1.3: a first-order form, biased towards 1 beyond (at λ = 2 by a third of a unit).
 *
 * @see Davidian & Carroll 1987, doi:10.1080/01621459.1987.10478543
 */
export function varianceWithControl(pairs: ControlPairs, level: number): VarianceWithControl {
  const { fit, means, residuals } = fitVariance(pairs);
  const [learning, control] = residuals;
  const covariance = sandwich(pairs, residuals, fit);
  const cutoffFactor = covariance.factor;
  const drop = 0.5 * normalQuantile(0.5 + level / 2) ** 2 * cutoffFactor;
  const height = profileHeight(learning, control, fit, drop);
  const estimate = fit.point[0];
  const stride = Math.min(0.25, 0.5 * covariance.error);
  const search = { tolerance: INTERVAL_TOLERANCE, isSmooth: true };
  return {
    estimate,
    low: rootFrom(height, estimate, stride, EXPONENT_RANGE, search),
    high: rootFrom((x) => -height(x), estimate, stride, EXPONENT_RANGE, search),
    standardError: covariance.error,
    cutoffFactor,
    parameters: parametersOf(fit.point),
    learningShare: learningShare(learning, fit.point),
    learningMean: means.learning,
    controlMean: means.control,
  };
}

/** Whether the interval would exclude an exponent: its ends are not looked for, which takes most of the time. */
export function varianceExcludes(pairs: ControlPairs, level: number, exponent: number): boolean {
  const { fit, residuals } = fitVariance(pairs);
  const { factor } = sandwich(pairs, residuals, fit);
  const drop = 0.5 * normalQuantile(0.5 + level / 2) ** 2 * factor;
  return profileHeight(residuals[0], residuals[1], fit, drop)(exponent) < 0;
}

/** λ̂ alone, searched from known parameters: for resampled pairs. */
export function varianceExponentNear(pairs: ControlPairs, near: VarianceParameters): number {
  return fitVariance(pairs, [pointOf(near)]).fit.point[0];
}

function parametersOf(point: readonly number[]): VarianceParameters {
  const [exponent, learning, additive, multiplicative] = point;
  return {
    exponent,
    learning: Math.exp(learning),
    additive: Math.exp(additive),
    multiplicative: Math.exp(multiplicative),
  };
}

function pointOf({ exponent, learning, additive, multiplicative }: VarianceParameters): number[] {
  return [exponent, Math.log(learning), Math.log(additive), Math.log(multiplicative)];
}

/** The variance that the fit gives a change at this size, of learning and of the control part within it. */
export function varianceAt(
  { exponent, learning, additive, multiplicative }: VarianceParameters,
  size: number,
): { readonly control: number; readonly learning: number } {
  return {
    control: additive + multiplicative * size * size,
    learning: learning * size ** (2 * (1 - exponent)),
  };
}

function fitVariance(pairs: ControlPairs, starts?: readonly (readonly number[])[]) {
  let weights: readonly Float64Array[] = [pairs.learning, pairs.control].map(({ size }) =>
    size.map((w) => 1 / (0.1 + w * w)),
  );
  let means = meansOf(pairs, weights);
  let residuals = residualsOf(pairs, means);
  let points = starts ?? startPoints(residuals);
  let fit: ScoredMaximum | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const [learning, control] = residuals;
    const bounds = boundsOf(residuals);
    const found = points.map((point) =>
      maximiseByScoring((theta) => quasiLikelihood(learning, control, theta), point, bounds),
    );
    const best = found.reduce((a, b) => (b.value > a.value ? b : a));
    fit = best;
    points = [best.point];
    if (round === ROUNDS - 1) return { fit, means, residuals };
    weights = residuals.map((group, k) => precisions(group, best.point, k === 0));
    means = meansOf(pairs, weights);
    residuals = residualsOf(pairs, means);
  }
  throw new Error("varianceWithControl: expected at least one round");
}

function startPoints([learning, control]: readonly Residuals[]): number[][] {
  const meanOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [noise, change] = [meanOf(control.squares), meanOf(learning.squares)];
  const meanSquare = meanOf(control.size.map((size) => size * size));
  return START_EXPONENTS.map((exponent) => {
    const shape = meanOf(learning.logSize.map((x) => Math.exp(2 * (1 - exponent) * x)));
    const beyond = Math.max(0.05 * change, change - noise) / shape;
    return [exponent, Math.log(beyond), Math.log(0.5 * noise), Math.log((0.5 * noise) / meanSquare)];
  });
}

function boundsOf([learning, control]: readonly Residuals[]): Bounds {
  const all = [...learning.squares, ...control.squares];
  const scale = Math.log(all.reduce((sum, square) => sum + square, 0) / all.length);
  const [low, high] = [scale + Math.log(SMALLEST_COMPONENT), scale + 12];
  return { low: [EXPONENT_BOUNDS.low, low, low, low], high: [EXPONENT_BOUNDS.high, high, high, high] };
}

function precisions({ logSize, size }: Residuals, point: readonly number[], learns: boolean): Float64Array {
  const parameters = parametersOf(point);
  return size.map((w, i) => {
    const control = parameters.additive + parameters.multiplicative * w * w;
    const learning = learns ? Math.exp(point[1] + 2 * (1 - parameters.exponent) * logSize[i]) : 0;
    return 1 / (control + learning);
  });
}

/** Q with its gradient and expected information in (λ, ln S², ln A, ln C). */
function quasiLikelihood(learning: Residuals, control: Residuals, point: readonly number[]): Scored {
  const gradient = [0, 0, 0, 0];
  const information = zeros(4);
  let value = 0;
  for (const [group, learns] of [
    [learning, true],
    [control, false],
  ] as const) {
    const slopes = [0, 0, 0, 0];
    for (let i = 0; i < group.squares.length; i++) {
      const variance = varianceSlopes(group, i, point, learns, slopes);
      const ratio = group.squares[i] / variance;
      value -= 0.5 * (Math.log(variance) + ratio);
      for (let a = 0; a < 4; a++) {
        gradient[a] += 0.5 * (ratio - 1) * slopes[a];
        for (let b = 0; b <= a; b++) information[a][b] += 0.5 * slopes[a] * slopes[b];
      }
    }
  }
  for (let a = 0; a < 4; a++) for (let b = 0; b < a; b++) information[b][a] = information[a][b];
  return { value, gradient, information };
}

/** V_i, and d ln V_i / d(λ, ln S², ln A, ln C) into `slopes`. */
function varianceSlopes(
  { logSize, size }: Residuals,
  i: number,
  point: readonly number[],
  learns: boolean,
  slopes: number[],
): number {
  const learning = learns ? Math.exp(point[1] + 2 * (1 - point[0]) * logSize[i]) : 0;
  const additive = Math.exp(point[2]);
  const multiplicative = Math.exp(point[3]) * size[i] * size[i];
  const variance = learning + additive + multiplicative;
  slopes[0] = (-2 * logSize[i] * learning) / variance;
  slopes[1] = learning / variance;
  slopes[2] = additive / variance;
  slopes[3] = multiplicative / variance;
  return variance;
}

function learningShare(group: Residuals, point: readonly number[]): number {
  const slopes = [0, 0, 0, 0];
  let sum = 0;
  for (let i = 0; i < group.size.length; i++) {
    varianceSlopes(group, i, point, true, slopes);
    sum += slopes[1];
  }
  return sum / group.size.length;
}

/** Q_profile(λ) − (Q_max − drop), the other three parameters searched from those of the exponent before. */
function profileHeight(learning: Residuals, control: Residuals, fit: ScoredMaximum, drop: number) {
  const { low, high } = boundsOf([learning, control]);
  let near = fit.point;
  return (exponent: number): number => {
    const held = { low: [exponent, ...low.slice(1)], high: [exponent, ...high.slice(1)] };
    const start = [exponent, ...near.slice(1)];
    const best = maximiseByScoring((theta) => quasiLikelihood(learning, control, theta), start, held);
    near = best.point;
    return best.value - (fit.value - drop);
  };
}

/** Error of λ̂ by the sandwich, and its square over that of the model, not below 1. */
function sandwich(pairs: ControlPairs, [learning, control]: readonly Residuals[], fit: ScoredMaximum) {
  const scores: number[][] = [];
  for (const [group, learns] of [
    [learning, true],
    [control, false],
  ] as const) {
    for (let i = 0; i < group.squares.length; i++) {
      const slopes = [0, 0, 0, 0];
      const variance = varianceSlopes(group, i, fit.point, learns, slopes);
      const weight = 0.5 * (group.squares[i] / variance - 1);
      scores.push(slopes.map((slope) => weight * slope));
    }
  }
  // A component at its bound has next to no information: a trace of it keeps the inverse finite.
  const bread = invertPositive(
    fit.information.map((row, a) => row.map((value, b) => value + (a === b ? 1e-6 : 0))),
  );
  if (bread === null) return { error: Number.POSITIVE_INFINITY, factor: 1 };
  const meat = clusterMeat(pairs, scores);
  const half = bread[0];
  const variance = half.reduce(
    (sum, x, a) => sum + x * half.reduce((inner, y, b) => inner + y * meat[a][b], 0),
    0,
  );
  return { error: Math.sqrt(variance), factor: Math.max(1, variance / bread[0][0]) };
}

function learningBasis(group: SizedPairs, i: number): number[] {
  return [1, group.size[i], group.size[i] * group.logSize[i]];
}

function controlBasis(group: SizedPairs, i: number): number[] {
  return [1, group.size[i]];
}

function meansOf({ learning, control }: ControlPairs, [a, b]: readonly Float64Array[]): Means {
  return {
    learning: weightedLeastSquares(learning, a, learningBasis),
    control: weightedLeastSquares(control, b, controlBasis),
  };
}

function weightedLeastSquares(
  group: SizedPairs,
  weights: Float64Array,
  basis: (group: SizedPairs, i: number) => number[],
): number[] {
  const size = basis(group, 0).length;
  const [normal, right] = [zeros(size), new Array<number>(size).fill(0)];
  for (let i = 0; i < group.count; i++) {
    const row = basis(group, i);
    for (let a = 0; a < size; a++) {
      right[a] += weights[i] * row[a] * group.change[i];
      for (let b = 0; b < size; b++) normal[a][b] += weights[i] * row[a] * row[b];
    }
  }
  return solvePositive(normal, right) ?? [0, ...new Array<number>(size - 1).fill(0)];
}

function residualsOf({ learning, control }: ControlPairs, means: Means): Residuals[] {
  const residuals = (
    group: SizedPairs,
    mean: readonly number[],
    basis: (group: SizedPairs, i: number) => number[],
  ): Residuals => {
    const spent = group.count / Math.max(1, group.count - mean.length);
    const squares = group.change.map((change, i) => {
      const expected = basis(group, i).reduce((sum, value, k) => sum + value * mean[k], 0);
      return spent * (change - expected) ** 2;
    });
    return { logSize: group.logSize, size: group.size, squares };
  };
  return [
    residuals(learning, means.learning, learningBasis),
    residuals(control, means.control, controlBasis),
  ];
}
