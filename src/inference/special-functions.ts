/**
 * The special functions that the statistics need, and the tails of the χ² and Student's t distributions.
 *
 * One place to import from; the normal distribution and the gamma functions have files of their own.
 */

import { InputError } from "../errors.ts";
import { gammaQ, incompleteBeta, logGamma } from "./gamma-functions.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";

export { betaI, digamma, gammaP, gammaQ, logGamma } from "./gamma-functions.ts";
export { erf, erfc, normalCdf, normalQuantile } from "./normal-distribution.ts";

/**
 * The share of a χ² distribution above x; accuracy as `gammaQ`.
 *
 * Q(ν/2, x/2), Abramowitz & Stegun 26.4.19.
 *
 * @param x                 ≥ 0
 * @param degreesOfFreedom  ν > 0, whole or not
 * @throws InputError `outside-domain`
 */
export function chiSquareUpperTail(x: number, degreesOfFreedom: number): number {
  requireDegrees("chiSquareUpperTail", degreesOfFreedom);
  if (!(x >= 0)) throw outside("chiSquareUpperTail", "x >= 0", x);
  return gammaQ(degreesOfFreedom / 2, x / 2);
}

/**
 * The share of Student's t distribution above t; accuracy as `betaI`, both tails.
 *
 * ½ I_{ν/(ν+t²)}(ν/2, ½) for t ≥ 0, Abramowitz & Stegun 26.7.1 and 26.5.27; the normal for ν = Infinity.
 *
 * @param degreesOfFreedom  ν > 0, whole or not
 * @throws InputError `outside-domain`
 */
export function studentTUpperTail(t: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalCdf(-t);
  requireDegrees("studentTUpperTail", degreesOfFreedom);
  if (Number.isNaN(t)) throw outside("studentTUpperTail", "a number", t);
  const tail = 0.5 * beyond(Math.abs(t), degreesOfFreedom);
  return t < 0 ? 1 - tail : tail;
}

/** P(|T| > t) for t ≥ 0. */
function beyond(t: number, degreesOfFreedom: number): number {
  const ratio = t / Math.sqrt(degreesOfFreedom);
  // From here on the leading term is all, and the square might overflow.
  if (ratio > 1e100) {
    return Math.exp(logLeadingFactor(degreesOfFreedom) - degreesOfFreedom * Math.log(ratio));
  }
  const square = ratio * ratio;
  return incompleteBeta(degreesOfFreedom / 2, 0.5, 1 / (1 + square), square / (1 + square));
}

/**
 * The t below which a share p of Student's t distribution lies, to 1e-13 relative; −∞ at 0 and ∞ at 1.
 *
 * Newton's method: on the central share near the middle, on the logarithm of the tail against ln t further out,
 * where both are close to straight.
 *
 * @param p                 in [0, 1]
 * @param degreesOfFreedom  ν > 0, whole or not; Infinity gives the normal
 * @throws InputError `outside-domain`
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom === Infinity) return normalQuantile(p);
  requireDegrees("studentTQuantile", degreesOfFreedom);
  if (!(p >= 0 && p <= 1)) throw outside("studentTQuantile", "a probability in [0, 1]", p);
  if (p === 0.5) return 0;
  const tail = p < 0.5 ? p : 1 - p;
  const size = tail === 0 ? Infinity : upperQuantile(tail, Math.abs(p - 0.5), degreesOfFreedom);
  return p < 0.5 ? -size : size;
}

/** The t > 0 with a share `tail` above it and `central` between 0 and it; tail + central = ½. */
function upperQuantile(tail: number, central: number, degreesOfFreedom: number): number {
  const logPeak = logDensityAtZero(degreesOfFreedom);
  // The density is nowhere above its peak; the leading term of the tail is nowhere below it.
  let low = central / Math.exp(logPeak);
  let high =
    Math.sqrt(degreesOfFreedom) *
    Math.exp((logLeadingFactor(degreesOfFreedom) - Math.log(2 * tail)) / degreesOfFreedom);
  let t = low;
  for (let step = 0; step < 200; step++) {
    const logDensity = logPeak - 0.5 * (degreesOfFreedom + 1) * Math.log1p((t * t) / degreesOfFreedom);
    const isCentral = tail > 0.25;
    const reached = isCentral ? centralShare(t, degreesOfFreedom) : 0.5 * beyond(t, degreesOfFreedom);
    if (isCentral ? reached < central : reached > tail) low = t;
    else high = t;
    const newton = isCentral
      ? t + (central - reached) * Math.exp(-logDensity)
      : t * Math.exp((reached * Math.log(reached / tail) * Math.exp(-logDensity)) / t);
    const next = newton >= low && newton <= high ? newton : Math.sqrt(low) * Math.sqrt(high);
    if (Math.abs(next - t) <= 1e-15 * t) return next;
    t = next;
  }
  return t;
}

function logDensityAtZero(degreesOfFreedom: number): number {
  const gammas = logGamma((degreesOfFreedom + 1) / 2) - logGamma(degreesOfFreedom / 2);
  return gammas - 0.5 * Math.log(Math.PI * degreesOfFreedom);
}

/** ln of the factor before (√ν/t)^ν in P(|T| > t) for large t. */
function logLeadingFactor(degreesOfFreedom: number): number {
  const gammas = logGamma((degreesOfFreedom + 1) / 2) - logGamma(degreesOfFreedom / 2 + 1);
  return gammas - 0.5 * Math.log(Math.PI);
}

/** P(0 < T < t). */
function centralShare(t: number, degreesOfFreedom: number): number {
  const square = t * t;
  const total = degreesOfFreedom + square;
  return 0.5 * incompleteBeta(0.5, degreesOfFreedom / 2, square / total, degreesOfFreedom / total);
}

function requireDegrees(where: string, degreesOfFreedom: number): void {
  if (degreesOfFreedom > 0 && degreesOfFreedom < Infinity) return;
  throw outside(where, "degrees of freedom > 0", degreesOfFreedom);
}

function outside(where: string, what: string, value: number): InputError {
  return new InputError({
    code: "outside-domain",
    message: `${where}: expected ${what}, got ${value}; check for a division by zero`,
  });
}
