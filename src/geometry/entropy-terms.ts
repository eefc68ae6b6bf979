/** Logarithms of ratios and entropy differences that keep their digits where the two numbers are close. */

/**
 * ln(to / from) of positive numbers, to about 1e-16 relative.
 *
 * @param difference  to − from; handed in where the caller has it to more digits than `to` and `from` do
 */
export function logRatio(to: number, from: number, difference: number = to - from): number {
  // Within a factor of two the subtraction of floating-point numbers is exact (Sterbenz 1974).
  if (Math.abs(difference) <= 0.5 * from) return Math.log1p(difference / from);
  const ratio = to / from;
  const isSafe = ratio > 1e-300 && ratio < 1e300;
  return isSafe ? Math.log(ratio) : Math.log(to) - Math.log(from);
}

/**
 * to·ln(to/from) − to + from ≥ 0, one term of the Kullback–Leibler divergence of positive numbers.
 *
 * @param difference  to − from, as in `logRatio`
 */
export function entropyDivergence(to: number, from: number, difference: number = to - from): number {
  const relative = difference / from;
  if (isNearOne(relative)) return difference * relative * entropyRatio(relative);
  return to * logRatio(to, from, difference) - difference;
}

/** Whether 1 + r lies in [1/2, 2], where `entropyRatio` converges. */
export function isNearOne(relative: number): boolean {
  return relative >= -0.5 && relative <= 1;
}

/**
 * k(r) = ((1 + r) ln(1 + r) − r) / r² for r in [−1/2, 1]; k(0) = 1/2.
 *
 * With s = r/(2 + r), ln(1 + r) = 2 artanh(s), so that k = (1 − s)(1 + (1 + s) s R)/2 with
 * R = (artanh(s) − s)/s³ = Σ s²ʲ/(2j + 3): nothing cancels, and s² ≤ 1/9.
 */
export function entropyRatio(relative: number): number {
  const s = relative / (2 + relative);
  const square = s * s;
  let series = 0;
  for (let j = Math.abs(s) < 0.03 ? 5 : 16; j >= 0; j--) series = series * square + 1 / (2 * j + 3);
  return 0.5 * (1 - s) * (1 + (1 + s) * s * series);
}
