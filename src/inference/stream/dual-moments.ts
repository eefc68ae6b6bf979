/** Mean and spread of dual changes, of parts that are put together. */

/** Of n dual changes δ and the initial dual weights y. */
export interface DualMoments {
  readonly count: number;
  readonly mean: number;
  /** Σ(δ − mean)². */
  readonly squares: number;
  /** Σδ². */
  readonly changeSquares: number;
  /** Σy². */
  readonly dualSquares: number;
}

export const NO_MOMENTS: DualMoments = { count: 0, mean: 0, squares: 0, changeSquares: 0, dualSquares: 0 };

/** @param sums  Σ(δ − shift), Σ(δ − shift)², Σδ², Σy² */
export function momentsOfSums(count: number, shift: number, sums: Float64Array): DualMoments {
  const [sum, squares, changeSquares, dualSquares] = sums;
  if (count === 0) return NO_MOMENTS;
  return {
    count,
    mean: shift + sum / count,
    squares: Math.max(0, squares - (sum * sum) / count),
    changeSquares,
    dualSquares,
  };
}

/**
 * Moments of both together. The order of many such sums moves the last digits: keep it fixed.
 *
 * @see Chan, Golub & LeVeque 1983, doi:10.1080/00031305.1983.10483115
 */
export function joinMoments(a: DualMoments, b: DualMoments): DualMoments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const distance = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (distance * b.count) / count,
    squares: a.squares + b.squares + (distance * distance * a.count * b.count) / count,
    changeSquares: a.changeSquares + b.changeSquares,
    dualSquares: a.dualSquares + b.dualSquares,
  };
}

/** Sample SD, divisor n − 1. */
export function deviationOf({ count, squares }: DualMoments): number {
  return Math.sqrt(squares / (count - 1));
}
