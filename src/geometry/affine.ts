import { finiteNumbers, outsideDomain, requireFiniteDual, requireParameter } from "./domain.ts";
import { entropyDivergence, entropyRatio, isNearOne } from "./entropy-terms.ts";
import type { Potential } from "./potential.ts";

/**
 * Affine (Kesten) metric: additive changes of small weights, multiplicative changes of large ones.
 *
 * φ″ = 1/(1 + ρ|w|);  φ′ = sgn(w) ln(1 + ρ|w|)/ρ;  (φ′)⁻¹(y) = sgn(y)(exp(ρ|y|) − 1)/ρ;
 * φ = ((1 + ρ|w|) ln(1 + ρ|w|) − ρ|w|)/ρ².
 *
 * ρ = b/a of φ″ = 1/(a + b|w|) with a = 1, because a factor of φ changes no geometry (it rescales the learning
 * rate). A change is additive for |w| well below 1/ρ. ρ → 0 gives the 2-norm, ρ → ∞ the negative entropy.
 *
 * Domain: all finite weights; signs may change.
 *
 * @param ratio  ρ > 0 and finite, per unit of weight
 * @throws InputError `bad-parameter`; the functions throw `outside-domain`
 * @see Kesten 1973, doi:10.1007/BF02392040; for synapses, Statman et al. 2014, doi:10.1371/journal.pcbi.1003846
 */
export function affine({ ratio }: { readonly ratio: number }): Potential {
  requireParameter("affine", "ratio", ratio);
  const check = (method: string, weight: number, place?: string): void => {
    if (Math.abs(weight) < Infinity) return;
    throw outsideDomain(`affine(${ratio}).${method}`, finiteNumbers, weight, place);
  };
  const dualOf = (weight: number): number => (Math.sign(weight) * logOnePlus(ratio, weight)) / ratio;
  return {
    name: `affine:${ratio}`,
    exponent: null,
    domain: finiteNumbers,
    crossesZero: true,

    value(weight) {
      check("value", weight);
      return sameSignDivergence(Math.abs(weight), 0, ratio);
    },

    mirrorMap(weight) {
      check("mirrorMap", weight);
      return dualOf(weight);
    },

    inverseMirrorMap(dual) {
      requireFiniteDual(`affine(${ratio}).inverseMirrorMap`, dual);
      return (Math.sign(dual) * Math.expm1(ratio * Math.abs(dual))) / ratio;
    },

    curvature(weight) {
      check("curvature", weight);
      return 1 / (1 + ratio * Math.abs(weight));
    },

    dualChange(initial, final) {
      check("dualChange", initial, "initial");
      check("dualChange", final, "final");
      if (initial < 0 !== final < 0) return dualOf(final) - dualOf(initial);
      // The larger over the smaller: the argument of log1p is then never near −1.
      const smaller = Math.min(Math.abs(initial), Math.abs(final));
      const relative = (ratio * Math.abs(final - initial)) / (1 + ratio * smaller);
      if (!(relative < Infinity)) return dualOf(final) - dualOf(initial);
      return (Math.sign(final - initial) * Math.log1p(relative)) / ratio;
    },

    divergence(to, from) {
      check("divergence", to, "to");
      check("divergence", from, "from");
      const a = Math.abs(to);
      const b = Math.abs(from);
      if (to < 0 === from < 0) return sameSignDivergence(a, b, ratio);
      // By way of zero every part is positive: D(a ‖ 0) + D(0 ‖ b) + |φ′(b)| a.
      return sameSignDivergence(a, 0, ratio) + sameSignDivergence(0, b, ratio) + Math.abs(dualOf(b)) * a;
    },
  };
}

/** ln(1 + ratio·|w|), also where the product overflows. */
function logOnePlus(ratio: number, weight: number): number {
  const product = ratio * Math.abs(weight);
  return product < Infinity ? Math.log1p(product) : Math.log(ratio) + Math.log(Math.abs(weight));
}

/** D(a ‖ b) of sizes ≥ 0: the entropy divergence of 1 + ρa from 1 + ρb, over ρ². */
function sameSignDivergence(a: number, b: number, ratio: number): number {
  const from = 1 + ratio * b;
  const relative = (ratio * (a - b)) / from;
  // Dividing by ρ² first would underflow for small ρ.
  if (isNearOne(relative)) return ((a - b) * (a - b) * entropyRatio(relative)) / from;
  return entropyDivergence(1 + ratio * a, from, ratio * (a - b)) / ratio / ratio;
}
