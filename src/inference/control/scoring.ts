/** The maximum of a quasi-likelihood whose gradient and information are known in closed form. */

import { dot, type Matrix, solvePositive } from "./small-matrix.ts";

export interface Scored {
  readonly value: number;
  readonly gradient: readonly number[];
  /** Expected minus second derivatives, positive semi-definite. */
  readonly information: Matrix;
}

export interface Bounds {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface ScoredMaximum extends Scored {
  readonly point: readonly number[];
}

const ITERATIONS = 200;
const TOLERANCE = 1e-7;
/** Damping beyond which no step is small enough to help. */
const MOST_DAMPING = 1e10;

/**
 * Fisher scoring with Levenberg's damping inside a box; a parameter whose bounds are equal is held.
 *
 * A parameter at a bound that the gradient pushes outwards is left out of the step.
 *
 * @see Osborne 1992, doi:10.2307/1403504
 */
export function maximiseByScoring(
  evaluate: (point: readonly number[]) => Scored,
  start: readonly number[],
  { low, high }: Bounds,
): ScoredMaximum {
  const inside = (point: readonly number[]) =>
    point.map((value, k) => Math.min(high[k], Math.max(low[k], value)));
  let point = inside(start);
  let here = evaluate(point);
  let damping = 1e-3;
  for (let iteration = 0; iteration < ITERATIONS && damping < MOST_DAMPING; iteration++) {
    const free = point.flatMap((value, k) => {
      const stuck = (value <= low[k] && here.gradient[k] <= 0) || (value >= high[k] && here.gradient[k] >= 0);
      return low[k] === high[k] || stuck ? [] : [k];
    });
    const gradient = free.map((k) => here.gradient[k]);
    const step = solvePositive(damped(here.information, free, damping), gradient);
    if (step === null) {
      damping *= 10;
      continue;
    }
    const next = inside(point.map((value, k) => (free.includes(k) ? value + step[free.indexOf(k)] : value)));
    const there = evaluate(next);
    if (!(there.value > here.value)) {
      if (Math.abs(dot(step, gradient)) < TOLERANCE) break;
      damping *= 10;
      continue;
    }
    const gain = there.value - here.value;
    [point, here] = [next, there];
    damping = Math.max(1e-9, damping / 10);
    if (gain < TOLERANCE) break;
  }
  return { ...here, point };
}

function damped(information: Matrix, free: readonly number[], damping: number): number[][] {
  return free.map((i) =>
    free.map((j) => information[i][j] * (i === j ? 1 + damping : 1) + (i === j ? 1e-12 + 1e-6 * damping : 0)),
  );
}
