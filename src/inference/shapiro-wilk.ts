/** How straight a sample lies in a normal probability plot. */

import { InputError } from "../errors.ts";
import { normalQuantile } from "./special-functions.ts";

/** The sample sizes that Royston's coefficients were fitted to. */
export const SHAPIRO_WILK_COUNTS = { fewest: 3, most: 5000 } as const;

/** Polynomials in n^−½ that correct the largest coefficient and the one before it, from n^½ upwards. */
const LARGEST = [0.221157, -0.147981, -2.07119, 4.434685, -2.706056];
const NEXT = [0.042981, -0.293762, -1.752461, 5.682633, -3.582633];
/** From here on the second largest coefficient is corrected too. */
const TWO_CORRECTED = 6;

/**
 * W = (Σ a_i x_(i))² / Σ (x_i − x̄)²,  at most 1, which is a sample that lies on the line.
 *
 * a from the approximate normal order statistics m_i = Φ⁻¹((i − 3/8)/(n + 1/4)), the outer one or two corrected by Royston.
 *
 * @param values  x, in any order; 3 to 5000 of them, not all the same
 * @throws InputError `bad-count`
 * @see Shapiro & Wilk 1965, doi:10.1093/biomet/52.3-4.591; Royston 1995 (algorithm AS R94), doi:10.2307/2986146
 */
export function shapiroWilk(values: Float64Array): number {
  const count = values.length;
  const { fewest, most } = SHAPIRO_WILK_COUNTS;
  if (count < fewest || count > most) {
    throw new InputError({
      code: "bad-count",
      message: `shapiroWilk: expected ${fewest} to ${most} values, got ${count}; take a sample of them`,
    });
  }
  const weights = weightsOf(count);
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / count;
  let [product, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const deviation = sorted[i] - mean;
    product += weights[i] * deviation;
    squares += deviation * deviation;
  }
  return (product * product) / squares;
}

const known = new Map<number, Float64Array>();

/** a, whose squares sum to 1; kept, since a figure asks for the same few sizes many times. */
function weightsOf(count: number): Float64Array {
  const found = known.get(count) ?? computeWeights(count);
  known.set(count, found);
  return found;
}

function computeWeights(count: number): Float64Array {
  if (count === 3) return Float64Array.of(-Math.SQRT1_2, 0, Math.SQRT1_2);
  const places = Float64Array.from({ length: count }, (_, i) => normalQuantile((i + 0.625) / (count + 0.25)));
  const squares = places.reduce((sum, place) => sum + place * place, 0);
  const corrections = count < TWO_CORRECTED ? [LARGEST] : [LARGEST, NEXT];
  const outer = corrections.map((coefficients, k) => {
    const place = places[count - 1 - k];
    return { place, weight: place / Math.sqrt(squares) + polynomial(coefficients, 1 / Math.sqrt(count)) };
  });
  const rest = outer.reduce((sum, { place }) => sum - 2 * place * place, squares);
  const share = outer.reduce((sum, { weight }) => sum - 2 * weight * weight, 1);
  const weights = places.map((place) => place / Math.sqrt(rest / share));
  for (const [k, { weight }] of outer.entries()) {
    weights[k] = -weight;
    weights[count - 1 - k] = weight;
  }
  return weights;
}

/** c₁x + c₂x² + … */
function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => (sum + coefficient) * x, 0);
}
