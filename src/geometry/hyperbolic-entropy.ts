import { finiteNumbers, outsideDomain, requireFiniteDual, requireParameter } from "./domain.ts";
import { logRatio } from "./entropy-terms.ts";
import type { Potential } from "./potential.ts";

/**
 * Hyperbolic entropy: the negative entropy for weights well above β, smooth through zero below it.
 *
 * φ = w asinh(w/2β) − √(w² + 4β²) + 2β;  φ′ = asinh(w/2β);  (φ′)⁻¹(y) = 2β sinh(y);  φ″ = 1/√(w² + 4β²).
 *
 * It is exponentiated gradient descent on two copies, w = w⁺ − w⁻, which keeps w⁺w⁻ = β²; β → 0 gives
 * exponentiated gradient descent, β → ∞ gradient descent. The constant makes φ(0) = 0.
 *
 * Domain: all finite weights.
 *
 * @param beta  β > 0 and finite, in units of the weights
 * @throws InputError `bad-parameter`; the functions throw `outside-domain`
 * @see Ghai, Hazan & Singer 2020, "Exponentiated gradient meets gradient descent" (ALT, PMLR 117:386–407)
 */
export function hyperbolicEntropy({ beta }: { readonly beta: number }): Potential {
  requireParameter("hyperbolicEntropy", "beta", beta);
  const scale = 2 * beta;
  const check = (method: string, weight: number, place?: string): void => {
    if (Math.abs(weight) < Infinity) return;
    throw outsideDomain(`hyperbolicEntropy(${beta}).${method}`, finiteNumbers, weight, place);
  };
  const dualOf = (weight: number): number => {
    const x = weight / scale;
    if (Math.abs(x) < Infinity) return Math.asinh(x);
    return Math.sign(weight) * (Math.log(Math.abs(weight)) - Math.log(beta));
  };
  const dualDifference = (initial: number, final: number): number => {
    if (initial === final) return 0;
    if (initial < 0 !== final < 0) return dualOf(final) - dualOf(initial);
    const smaller = Math.min(Math.abs(initial), Math.abs(final)) / scale;
    const larger = Math.max(Math.abs(initial), Math.abs(final)) / scale;
    // asinh(x) − ln(2x) is 1/(4x²): nothing, from here on.
    if (smaller > 1e9) return Math.sign(final) * logRatio(Math.abs(final), Math.abs(initial));
    if (larger > 1e150) return dualOf(final) - dualOf(initial);
    return Math.asinh(sinhOfDifference(initial, final, scale));
  };
  return {
    name: `hyperbolic-entropy:${beta}`,
    exponent: null,
    domain: finiteNumbers,
    crossesZero: true,

    value(weight) {
      check("value", weight);
      const x = weight / scale;
      return weight * (dualOf(weight) - Math.sign(x) / (1 / Math.abs(x) + hypotenuse(1 / x)));
    },

    mirrorMap(weight) {
      check("mirrorMap", weight);
      return dualOf(weight);
    },

    inverseMirrorMap(dual) {
      requireFiniteDual(`hyperbolicEntropy(${beta}).inverseMirrorMap`, dual);
      return scale * Math.sinh(dual);
    },

    curvature(weight) {
      check("curvature", weight);
      return 1 / radius(weight, scale);
    },

    dualChange(initial, final) {
      check("dualChange", initial, "initial");
      check("dualChange", final, "final");
      return dualDifference(initial, final);
    },

    divergence(to, from) {
      check("divergence", to, "to");
      check("divergence", from, "from");
      const change = dualDifference(from, to);
      if (Math.abs(change) <= 1) {
        const halfChord = Math.sinh(0.5 * change);
        return 2 * radius(to, scale) * halfChord * halfChord - to * sinhExcess(change);
      }
      const sum = radius(to, scale) + radius(from, scale);
      return to * change - (to - from) * (to / sum + from / sum);
    },
  };
}

/** √(1 + x²), also where x² overflows. */
function hypotenuse(x: number): number {
  return Math.abs(x) < 1e150 ? Math.sqrt(1 + x * x) : Math.abs(x);
}

/** √(w² + scale²) with neither square overflowing. */
function radius(weight: number, scale: number): number {
  const size = Math.abs(weight);
  return size < scale ? scale * hypotenuse(weight / scale) : size * hypotenuse(scale / size);
}

/**
 * sinh(asinh(v) − asinh(u)) for u = initial/scale and v = final/scale of one sign.
 *
 * It is (v² − u²)/(v√(1+u²) + u√(1+v²)), divided through by the larger so that no square is left.
 */
function sinhOfDifference(initial: number, final: number, scale: number): number {
  const larger = Math.max(Math.abs(initial), Math.abs(final));
  const from = Math.abs(initial) / larger;
  const to = Math.abs(final) / larger;
  const mean = (from + to) / (to * hypotenuse(initial / scale) + from * hypotenuse(final / scale));
  return ((final - initial) / scale) * mean;
}

/** sinh(y) − y for |y| ≤ 1. */
function sinhExcess(y: number): number {
  const square = y * y;
  let series = 1;
  for (let k = 17; k >= 5; k -= 2) series = 1 + (series * square) / (k * (k - 1));
  return (y * square * series) / 6;
}
