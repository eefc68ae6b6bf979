import { outsideDomain, requireFiniteDual, requireParameter } from "./domain.ts";
import { entropyDivergence, logRatio } from "./entropy-terms.ts";
import type { Interval, Potential } from "./potential.ts";

/**
 * Fermi–Dirac entropy of a synapse between 0 and a largest weight m: learning moves its logit.
 *
 * φ = w ln w + (m − w) ln(m − w);  φ′ = ln(w/(m − w));  (φ′)⁻¹(y) = m/(1 + exp(−y));  φ″ = m/(w(m − w));
 * D(a ‖ b) = a ln(a/b) + (m − a) ln((m − a)/(m − b)).
 *
 * Domain: 0 < w < m, both ends excluded. A dual weight beyond about ±37 maps to m, or towards 0, in float64.
 *
 * @param maximum  m > 0 and finite, in units of the weights
 * @throws InputError `bad-parameter`; the functions throw `outside-domain`
 * @see Helmbold, Kivinen & Warmuth 1999, "Relative loss bounds for single neurons", IEEE Transactions on Neural Networks
 */
export function logit({ maximum }: { readonly maximum: number }): Potential {
  requireParameter("logit", "maximum", maximum);
  const domain: Interval = { low: 0, high: maximum, lowOpen: true, highOpen: true, withoutZero: true };
  const check = (method: string, weight: number, place?: string): void => {
    if (weight > 0 && weight < maximum) return;
    throw outsideDomain(`logit(${maximum}).${method}`, domain, weight, place);
  };
  return {
    name: `logit:${maximum}`,
    exponent: null,
    domain,
    crossesZero: false,

    value(weight) {
      check("value", weight);
      const rest = maximum - weight;
      // Below the middle, m − w loses the digits of w.
      const logRest = rest > weight ? Math.log(maximum) + Math.log1p(-weight / maximum) : Math.log(rest);
      return weight * Math.log(weight) + rest * logRest;
    },

    mirrorMap(weight) {
      check("mirrorMap", weight);
      return logRatio(weight, maximum - weight);
    },

    inverseMirrorMap(dual) {
      requireFiniteDual(`logit(${maximum}).inverseMirrorMap`, dual);
      if (dual > 0) return maximum / (1 + Math.exp(-dual));
      const odds = Math.exp(dual);
      return (maximum * odds) / (1 + odds);
    },

    curvature(weight) {
      check("curvature", weight);
      return 1 / weight + 1 / (maximum - weight);
    },

    dualChange(initial, final) {
      check("dualChange", initial, "initial");
      check("dualChange", final, "final");
      if (initial === final) return 0;
      // Both terms have the sign of the change.
      return logRatio(final, initial) - logRatio(maximum - final, maximum - initial, initial - final);
    },

    divergence(to, from) {
      check("divergence", to, "to");
      check("divergence", from, "from");
      return entropyDivergence(to, from) + entropyDivergence(maximum - to, maximum - from, from - to);
    },
  };
}
