/** The maximum of a function of a few numbers without derivatives. */

import { solvePositive, zeros } from "./control/small-matrix.ts";

interface Vertex {
  readonly point: readonly number[];
  readonly value: number;
}

/** Of the first step: the distance of the differences that the last steps are made from. */
const DIFFERENCE = 0.01;
const MOST_LAST_STEPS = 20;
/** A last step that ends the search, in units of that distance: what it leaves is far below it. */
const SHORTEST_STEP = 1e-6;
/** As much a value may fall by the digits that are lost in adding thousands of terms. */
const ROUNDING = 1e-9;

/**
 * Nelder–Mead simplex, standard coefficients (reflection 1, expansion 2, contraction ½, shrink ½), then steps of Newton by
 * differences while they lead up.
 *
 * A simplex that stops within `tolerance` of the top stops elsewhere when the last bit of an exponential differs, as it
 * does between engines; the steps of Newton end at one place from all of them.
 *
 * @param start   first vertex; the others are `start` moved by `step` along each axis
 * @param tolerance  stops when the values of all vertices differ by less than this
 * @see Nelder & Mead 1965, doi:10.1093/comjnl/7.4.308
 */
export function maximise(
  value: (point: readonly number[]) => number,
  start: readonly number[],
  step: readonly number[],
  tolerance: number,
): Vertex {
  const size = start.length;
  const vertex = (point: readonly number[]): Vertex => ({ point, value: value(point) });
  let simplex = [
    vertex(start),
    ...start.map((_, axis) => vertex(start.map((x, i) => (i === axis ? x + step[axis] : x)))),
  ];
  for (let iteration = 0; iteration < 200 * size; iteration++) {
    simplex = simplex.toSorted((a, b) => b.value - a.value);
    const [best, worst] = [simplex[0], simplex[size]];
    if (!(best.value - worst.value > tolerance)) break;
    const centre = start.map((_, i) => simplex.slice(0, size).reduce((sum, v) => sum + v.point[i], 0) / size);
    const along = (t: number) => vertex(centre.map((x, i) => x + t * (worst.point[i] - x)));
    const reflected = along(-1);
    if (reflected.value > best.value) {
      const expanded = along(-2);
      simplex[size] = expanded.value > reflected.value ? expanded : reflected;
    } else if (reflected.value > simplex[size - 1].value) {
      simplex[size] = reflected;
    } else {
      const contracted = along(reflected.value > worst.value ? -0.5 : 0.5);
      if (contracted.value > Math.max(worst.value, reflected.value)) simplex[size] = contracted;
      else {
        simplex = simplex.map((v) =>
          v === best ? v : vertex(v.point.map((x, i) => 0.5 * (x + best.point[i]))),
        );
      }
    }
  }
  let top = simplex.reduce((a, b) => (b.value > a.value ? b : a));
  const distance = step.map((length) => DIFFERENCE * length);
  for (let last = 0; last < MOST_LAST_STEPS; last++) {
    const step = newtonStep(value, top, distance);
    const next = step && vertex(top.point.map((x, i) => x + step[i] * distance[i]));
    if (step === null || next === null || !(next.value > top.value - ROUNDING)) break;
    top = next;
    if (step.every((length) => Math.abs(length) < SHORTEST_STEP)) break;
  }
  return top;
}

/** To the top of the paraboloid through the neighbours at `distance` along each axis, in units of it; null where it has none. */
function newtonStep(
  value: (point: readonly number[]) => number,
  here: Vertex,
  distance: readonly number[],
): readonly number[] | null {
  const moved = (...axes: readonly (readonly [number, number])[]) => {
    const point = [...here.point];
    for (const [axis, times] of axes) point[axis] += times * distance[axis];
    return value(point);
  };
  const above = distance.map((_, i) => moved([i, 1]));
  const below = distance.map((_, i) => moved([i, -1]));
  // In units of the distances, times their squares.
  const curvature = zeros(distance.length);
  for (let i = 0; i < distance.length; i++) {
    curvature[i][i] = 2 * here.value - above[i] - below[i];
    for (let j = 0; j < i; j++) {
      curvature[i][j] = above[i] + above[j] - here.value - moved([i, 1], [j, 1]);
      curvature[j][i] = curvature[i][j];
    }
  }
  const gradient = above.map((height, i) => 0.5 * (height - below[i]));
  const step = solvePositive(curvature, gradient);
  return step?.every(Number.isFinite) ? step : null;
}
