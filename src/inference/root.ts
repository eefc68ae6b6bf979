/** Roots of functions of the exponent, which may be steps rather than smooth. */

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A place where a sampled function rises through zero, and how far it rises from three steps before to three after. */
export interface Crossing {
  readonly place: number;
  readonly rise: number;
}

export interface RootOptions {
  readonly tolerance: number;
  /** Whether the function has no steps that matter: fewer values are then asked for. */
  readonly isSmooth: boolean;
}

/** Upward crossings of zero on a regular grid, each placed by linear interpolation. */
export function crossingsOf(evaluate: (x: number) => number, range: Range, step: number): Crossing[] {
  const count = Math.round((range.high - range.low) / step);
  const values = Array.from({ length: count + 1 }, (_, k) => evaluate(range.low + k * step));
  const found: Crossing[] = [];
  for (let k = 0; k < count; k++) {
    if (!(values[k] < 0 && values[k + 1] >= 0)) continue;
    const fraction = -values[k] / (values[k + 1] - values[k]);
    const rise = values[Math.min(count, k + 3)] - values[Math.max(0, k - 2)];
    found.push({ place: range.low + (k + fraction) * step, rise });
  }
  return found;
}

/**
 * The root nearest to `start` of a function that rises through it, or null where it keeps its sign up to the end of the range.
 *
 * Steps that double until the sign changes, then regula falsi with the Illinois change, halving when that stalls. Of a smooth
 * function a place is taken as soon as the slope says that the root is within the tolerance of it; else the ends close in.
 *
 * @see Dowell & Jarratt 1971, doi:10.1007/BF01934364
 */
export function rootFrom(
  evaluate: (x: number) => number,
  start: number,
  step: number,
  range: Range,
  { tolerance, isSmooth }: RootOptions,
): number | null {
  let near = start;
  let nearValue = evaluate(start);
  if (nearValue === 0) return start;
  const direction = nearValue < 0 ? 1 : -1;
  for (let reach = step; ; reach *= 2) {
    const end = direction > 0 ? range.high : range.low;
    const far = direction > 0 ? Math.min(end, near + reach) : Math.max(end, near - reach);
    if (far === near) return null;
    const farValue = evaluate(far);
    if (farValue * direction >= 0) {
      return direction > 0
        ? between(evaluate, near, nearValue, far, farValue, { tolerance, isSmooth })
        : between(evaluate, far, farValue, near, nearValue, { tolerance, isSmooth });
    }
    near = far;
    nearValue = farValue;
  }
}

function between(
  evaluate: (x: number) => number,
  low: number,
  lowValue: number,
  high: number,
  highValue: number,
  { tolerance, isSmooth }: RootOptions,
): number {
  let [a, fa, b, fb] = [low, lowValue, high, highValue];
  const slope = (highValue - lowValue) / (high - low);
  let beyond: number | null = null;
  for (let iteration = 0; iteration < 100 && b - a > tolerance; iteration++) {
    const slow = iteration % 3 === 2 || !Number.isFinite(fa) || !Number.isFinite(fb);
    const guess = slow ? 0.5 * (a + b) : (a * fb - b * fa) / (fb - fa);
    const x: number = beyond ?? (guess > a && guess < b ? guess : 0.5 * (a + b));
    const value = evaluate(x);
    const isNear = Number.isFinite(slope) && Math.abs(value) < 0.5 * tolerance * slope;
    if (value === 0 || (isNear && isSmooth)) return x;
    // Where the root should be nearer than the tolerance, the place looked at next is just beyond it: the other end comes near too.
    beyond = isNear && beyond === null ? x - 0.9 * tolerance * Math.sign(value) : null;
    if (value < 0) {
      [a, fa] = [x, value];
      fb *= 0.5;
    } else {
      [b, fb] = [x, value];
      fa *= 0.5;
    }
  }
  return 0.5 * (a + b);
}
