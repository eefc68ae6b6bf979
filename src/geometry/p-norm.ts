import { finiteNumbers, outsideDomain, requireFiniteDual, requireParameter } from "./domain.ts";
import { logRatio } from "./entropy-terms.ts";
import type { FloatArray, Potential } from "./potential.ts";

/**
 * The p-norm potential, for any p > 1: gradient descent at p = 2, ever slower small weights as p grows.
 *
 * φ = |w|^p / p;  φ′ = sgn(w)|w|^(p−1);  (φ′)⁻¹(y) = sgn(y)|y|^(1/(p−1));  φ″ = (p−1)|w|^(p−2).
 *
 * Domain: all finite weights; signs may change. At w = 0 the curvature is +∞ for p < 2 and 0 for p > 2.
 * The round trip through the dual loses about log₁₀(1/(p−1)) digits as p nears 1.
 * Where others take φ = |w|^p without the 1/p, their dual is p times ours.
 *
 * @param p  finite and above 1
 * @throws InputError `bad-parameter`; the functions throw `outside-domain`
 * @see Gentile 2003, "The robustness of the p-norm algorithms", doi:10.1023/A:1026319107706
 */
export function pNorm({ p }: { readonly p: number }): Potential {
  requireParameter("pNorm", "p", p, 1, "; negative-entropy is the limit as p approaches 1");
  const q = p - 1;
  const check = (method: string, weight: number, place?: string): void => {
    if (Math.abs(weight) < Infinity) return;
    throw outsideDomain(`pNorm(${p}).${method}`, finiteNumbers, weight, place);
  };
  return {
    name: `${p}-norm`,
    // The decimal people mean: 1.1 − 1 is 0.10000000000000009 in binary.
    exponent: Number(q.toPrecision(15)),
    domain: finiteNumbers,
    crossesZero: true,

    value(weight) {
      check("value", weight);
      return power(Math.abs(weight), p) / p;
    },

    mirrorMap(weight) {
      check("mirrorMap", weight);
      return signedPower(weight, q);
    },

    inverseMirrorMap(dual) {
      requireFiniteDual(`pNorm(${p}).inverseMirrorMap`, dual);
      return signedPower(dual, 1 / q);
    },

    curvature(weight) {
      check("curvature", weight);
      return q * power(Math.abs(weight), p - 2);
    },

    dualChange(initial, final) {
      check("dualChange", initial, "initial");
      check("dualChange", final, "final");
      return signedPowerDifference(final, initial, q);
    },

    dualPass(initial, final, changes, duals) {
      passOver(initial, final, changes, duals, q);
    },

    divergence(to, from) {
      check("divergence", to, "to");
      check("divergence", from, "from");
      if (to === from) return 0;
      const a = Math.abs(to);
      const b = Math.abs(from);
      if (to < 0 === from < 0) return powerDivergence(a, b, p);
      return power(a, p) / p + power(b, q) * a + (q * power(b, p)) / p;
    },
  };
}

/** The 2-norm, the geometry of plain gradient descent (λ = 1). */
export const euclidean: Potential = pNorm({ p: 2 });

// The named norms (1.5, 2, 2.5, 3) need no logarithm, which is what makes them fast; the branches predict well.
function power(size: number, exponent: number): number {
  if (exponent === 1) return size;
  if (exponent === 2) return size * size;
  if (exponent === 0.5) return Math.sqrt(size);
  if (exponent === 1.5) return size * Math.sqrt(size);
  if (exponent === 2 / 3) return Math.cbrt(size) ** 2;
  return size ** exponent;
}

function signedPower(value: number, exponent: number): number {
  if (exponent === 1) return value;
  return value < 0 ? -power(-value, exponent) : power(value, exponent);
}

/** sgn(a)|a|^q − sgn(b)|b|^q. */
function signedPowerDifference(a: number, b: number, q: number): number {
  if (a === b) return 0;
  if (b < 0 !== a < 0) return signedPower(a, q) - signedPower(b, q);
  const difference = powerDifference(Math.abs(a), Math.abs(b), q);
  return a > b ? difference : -difference;
}

/** Outside the closure, so that one compiled loop serves every p. */
function passOver(
  initial: FloatArray,
  final: FloatArray,
  changes: Float64Array,
  duals: Float64Array,
  q: number,
): void {
  for (let i = 0; i < initial.length; i++) {
    changes[i] = signedPowerDifference(final[i], initial[i], q);
    duals[i] = signedPower(initial[i], q);
  }
}

/** |a^q − b^q| of unequal numbers ≥ 0, without cancellation. */
function powerDifference(a: number, b: number, q: number): number {
  const difference = Math.abs(a - b);
  if (q === 1) return difference;
  if (q === 2) return difference * (a + b);
  if (q === 0.5) return difference / (Math.sqrt(a) + Math.sqrt(b));
  if (q === 1.5) {
    const rootA = Math.sqrt(a);
    const rootB = Math.sqrt(b);
    return (difference / (rootA + rootB)) * (a + rootA * rootB + b);
  }
  const larger = Math.max(a, b);
  const smaller = Math.min(a, b);
  return -(larger ** q) * Math.expm1(q * logRatio(smaller, larger));
}

/** (a^p − b^p)/p − b^(p−1)(a − b) of unequal numbers ≥ 0; the named norms by their factored polynomials. */
function powerDivergence(a: number, b: number, p: number): number {
  const difference = a - b;
  if (p === 2) return 0.5 * difference * difference;
  if (p === 3) return (difference * difference * (a + 2 * b)) / 3;
  if (p === 1.5 || p === 2.5) {
    const x = Math.sqrt(a);
    const y = Math.sqrt(b);
    const rootDifference = difference / (x + y);
    const square = rootDifference * rootDifference;
    if (p === 1.5) return (square * (2 * x + y)) / 3;
    return (square * (2 * x * a + 4 * a * y + 6 * x * b + 3 * y * b)) / 5;
  }
  return powerDivergenceAny(a, b, p);
}

function powerDivergenceAny(a: number, b: number, p: number): number {
  const q = p - 1;
  const difference = a - b;
  const relative = difference / b;
  if (Math.abs(relative) * Math.max(1, p) > 0.5) {
    // Far apart: factors of q kept outside, so that p close to 1 loses nothing either.
    const change = a > b ? powerDifference(a, b, q) : -powerDifference(a, b, q);
    return (a * change - q * b ** q * difference) / p;
  }
  // Binomial series of ((1 + r)^p − 1)/p − r, divided by (p − 1) r².
  let term = 0.5;
  let sum = term;
  for (let j = 0; Math.abs(term) > 1e-17 * sum; j++) {
    term *= ((p - 2 - j) / (j + 3)) * relative;
    sum += term;
  }
  return q * b ** q * difference * relative * sum;
}
