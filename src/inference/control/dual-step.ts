/** The weight that a dual change leads to, on the continuum of geometries. */

/** Exponents nearer to 0 than this are taken as 0: the power would lose its digits. */
export const SMALLEST_EXPONENT = 1e-4;

/**
 * ψ_λ⁻¹(ψ_λ(w) + d) for w > 0, ψ_λ(w) = sgn(w)|w|^λ/λ (ln w at λ = 0), whose slope is 1 at w = 1 for every λ.
 *
 * For λ > 0 the weight may cross zero; for λ < 0 a dual beyond 0 has no weight, and the result is Infinity.
 */
export function afterDualChange(weight: number, change: number, exponent: number): number {
  if (Math.abs(exponent) < SMALLEST_EXPONENT) return weight * Math.exp(change);
  const power = Math.exp(exponent * Math.log(weight)) + exponent * change;
  return fromPower(power, exponent);
}

/** The weight whose signed power |w|^λ this is. */
export function fromPower(power: number, exponent: number): number {
  if (exponent < 0 && power <= 0) return Number.POSITIVE_INFINITY;
  const size = Math.exp(Math.log(Math.abs(power)) / exponent);
  return power < 0 ? -size : size;
}

/** ψ_λ(w) = sgn(w)|w|^λ/λ, ln w at λ = 0; −∞ where w ≤ 0 and λ ≤ 0. */
export function powerDual(weight: number, exponent: number): number {
  if (Math.abs(exponent) < SMALLEST_EXPONENT) return weight > 0 ? Math.log(weight) : Number.NEGATIVE_INFINITY;
  if (weight === 0) return exponent > 0 ? 0 : Number.NEGATIVE_INFINITY;
  const power = Math.exp(exponent * Math.log(Math.abs(weight))) / exponent;
  if (weight > 0) return power;
  return exponent > 0 ? -power : Number.NEGATIVE_INFINITY;
}

/** d(λ) = ψ_λ(w¹) − ψ_λ(w⁰) for w⁰ > 0; −∞ where the sign changes and λ ≤ 0. */
export function dualChange(initial: number, final: number, exponent: number): number {
  if (final > 0) {
    const ratio = Math.log(final / initial);
    const product = exponent * ratio;
    const stretched = Math.abs(product) < 1e-7 ? ratio * (1 + 0.5 * product) : Math.expm1(product) / exponent;
    return Math.exp(exponent * Math.log(initial)) * stretched;
  }
  if (exponent <= 0) return Number.NEGATIVE_INFINITY;
  return -(Math.exp(exponent * Math.log(-final)) + Math.exp(exponent * Math.log(initial))) / exponent;
}
