import { InputError } from "../errors.ts";
import { outsideDomain, requireFiniteDual } from "./domain.ts";
import { entropyDivergence, logRatio } from "./entropy-terms.ts";
import type { Interval, Potential } from "./potential.ts";

const domain: Interval = {
  low: -Infinity,
  high: Infinity,
  lowOpen: true,
  highOpen: true,
  withoutZero: true,
};

function check(method: string, weight: number, place?: string): void {
  const size = Math.abs(weight);
  if (size > 0 && size < Infinity) return;
  throw outsideDomain(`negativeEntropy.${method}`, domain, weight, place);
}

function dualOf(weight: number): number {
  const dual = Math.log(Math.abs(weight)) + 1;
  return weight > 0 ? dual : -dual;
}

function changeOf(initial: number, final: number): number {
  if (initial === final) return 0;
  if (initial > 0 !== final > 0) return dualOf(final) - dualOf(initial);
  return initial > 0 ? logRatio(final, initial) : -logRatio(-final, -initial);
}

/**
 * Negative entropy of |w|, the sign of a weight kept: exponentiated gradient descent (λ = 0).
 *
 * φ = |w| ln|w|;  φ′ = sgn(w)(ln|w| + 1);  (φ′)⁻¹(y) = s·exp(s·y − 1) with s the weight's sign;  φ″ = 1/|w|;
 * D(a ‖ b) = |a| ln|a/b| − |a| + |b| for one sign, +∞ for two.
 *
 * Other texts use |w| ln|w| − |w|, whose mirror map is sgn(w) ln|w|: the constant drops out of the dual change
 * unless the sign flips, and then it is ±2 here.
 *
 * Domain: finite weights other than 0. Throws InputError `outside-domain`, and `sign-needed` from the inverse.
 *
 * @see Kivinen & Warmuth 1997, doi:10.1006/inco.1996.2612
 */
export const negativeEntropy: Potential = {
  name: "negative-entropy",
  exponent: 0,
  domain,
  crossesZero: false,

  value(weight) {
    check("value", weight);
    const size = Math.abs(weight);
    return size * Math.log(size);
  },

  mirrorMap(weight) {
    check("mirrorMap", weight);
    return dualOf(weight);
  },

  inverseMirrorMap(dual, sign) {
    requireFiniteDual("negativeEntropy.inverseMirrorMap", dual);
    if (sign !== 1 && sign !== -1) {
      throw new InputError({
        code: "sign-needed",
        message: `negativeEntropy.inverseMirrorMap: expected the sign 1 or -1 of the weight, got ${sign} (dual weight ${dual}); hand in the sign before the step, which this geometry keeps`,
      });
    }
    return sign * Math.exp(sign * dual - 1);
  },

  curvature(weight) {
    check("curvature", weight);
    return 1 / Math.abs(weight);
  },

  dualChange(initial, final) {
    check("dualChange", initial, "initial");
    check("dualChange", final, "final");
    return changeOf(initial, final);
  },

  dualPass(initial, final, changes, duals) {
    for (let i = 0; i < initial.length; i++) {
      changes[i] = changeOf(initial[i], final[i]);
      duals[i] = dualOf(initial[i]);
    }
  },

  divergence(to, from) {
    check("divergence", to, "to");
    check("divergence", from, "from");
    if (to > 0 !== from > 0) return Infinity;
    return entropyDivergence(Math.abs(to), Math.abs(from));
  },
};
