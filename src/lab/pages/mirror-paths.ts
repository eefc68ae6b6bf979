/** What the page Mirror descent shows: paths, views and balls, as plain numbers. */

import { isInside, type Potential, parsePotential } from "../../geometry/index.ts";
import { mirrorPath } from "../../learning/mirror-path.ts";
import type { Range } from "../../plot/index.ts";
import type { TwoWeightLoss, WeightPair } from "../../task/two-weight-losses.ts";

export interface ShownPath {
  readonly potential: string;
  readonly weights: readonly WeightPair[];
  /** The loss at each place. */
  readonly losses: readonly number[];
  readonly diverged: boolean;
}

export const STEPS = 600;
/** A weight of exactly zero never moves under the negative entropy, and is infinitely far away. */
const LEAST_START = 0.001;

/** Both weights moved off zero, each to its side. */
export const offZero = ([first, second]: WeightPair): WeightPair => [away(first), away(second)];
const away = (weight: number) =>
  Math.abs(weight) >= LEAST_START ? weight : weight < 0 ? -LEAST_START : LEAST_START;

export function pathOf(
  loss: TwoWeightLoss,
  name: string,
  start: WeightPair,
  learningRate: number,
): ShownPath {
  const { weights, diverged } = mirrorPath({
    potential: parsePotential(name),
    gradient: ([first, second]) => loss.gradient([first, second]),
    start: offZero(start),
    learningRate,
    steps: STEPS,
  });
  const pairs = weights.map(([first, second]): WeightPair => [first, second]);
  return { potential: name, weights: pairs, losses: pairs.map(loss.value), diverged };
}

/** Coordinates of a picture: those of the dual of a geometry, with the way back for both weights. */
export interface Coordinates {
  readonly potential: Potential;
  /** The quadrant that is shown where paths cannot leave it; null where all of the plane is. */
  readonly signs: readonly [1 | -1, 1 | -1] | null;
  readonly x: Range;
  readonly y: Range;
  readonly labels: readonly [string, string];
}

const sideOf = (weight: number) => (weight < 0 ? -1 : 1);
/** The least size shown in a quadrant, as a share of the largest. */
const LEAST_SHOWN = 0.02;

/** The view of a loss in the dual of a geometry. */
export function coordinatesOf(loss: TwoWeightLoss, name: string, start: WeightPair): Coordinates {
  const potential = parsePotential(name);
  const signs = potential.crossesZero ? null : ([sideOf(start[0]), sideOf(start[1])] as const);
  const span = (axis: 0 | 1): Range => {
    const [low, high] = [loss.view.low[axis], loss.view.high[axis]];
    if (signs === null) return { low: potential.mirrorMap(low), high: potential.mirrorMap(high) };
    const most = Math.max(signs[axis] > 0 ? high : -low, 2 * Math.abs(start[axis]));
    const least = Math.min(LEAST_SHOWN * most, Math.abs(offZero(start)[axis]) / 1.5);
    const ends = [least, most].map((size) => potential.mirrorMap(signs[axis] * size));
    return { low: Math.min(...ends), high: Math.max(...ends) };
  };
  const label = (index: string) => (name === "2-norm" ? `w${index}` : `dual weight φ′(w${index})`);
  return { potential, signs, x: span(0), y: span(1), labels: [label("₁"), label("₂")] };
}

/** Where a pair of weights is in the picture; null where it is not in its quadrant. */
export function placeOf({ potential, signs }: Coordinates, weights: WeightPair): WeightPair | null {
  const isShown = (weight: number, k: 0 | 1) =>
    isInside(potential.domain, weight) && (signs === null || Math.sign(weight) === signs[k]);
  if (!isShown(weights[0], 0) || !isShown(weights[1], 1)) return null;
  return [potential.mirrorMap(weights[0]), potential.mirrorMap(weights[1])];
}

/** The weights at a place of the picture. */
export function weightsAt({ potential, signs }: Coordinates, [x, y]: WeightPair): WeightPair {
  const back = (dual: number, k: 0 | 1) => potential.inverseMirrorMap(dual, signs?.[k] ?? 1);
  return [back(x, 0), back(y, 1)];
}
